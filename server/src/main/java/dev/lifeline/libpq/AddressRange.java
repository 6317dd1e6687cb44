package dev.lifeline.libpq;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/// The addresses that a rule is about.
public sealed interface AddressRange {
  /// `address` is numeric.
  boolean contains(String address, LocalNetworks networks);

  /// `all`; and what the rules about the Unix-domain socket have.
  record All() implements AddressRange {
    @Override
    public boolean contains(String address, LocalNetworks networks) {
      return true;
    }
  }

  /// `samehost`: one of the server's own addresses.
  record SameHost() implements AddressRange {
    @Override
    public boolean contains(String address, LocalNetworks networks) {
      return networks.interfaces().stream().anyMatch(i -> i.single().contains(address, networks));
    }
  }

  /// `samenet`: any address of a network that the server is in.
  record SameNet() implements AddressRange {
    @Override
    public boolean contains(String address, LocalNetworks networks) {
      return networks.interfaces().stream().anyMatch(i -> i.contains(address, networks));
    }
  }

  /// The addresses that begin as this one. IPv4 and IPv6 never match each other.
  record Cidr(InetAddress network, int prefixLength) implements AddressRange {
    public Cidr {
      if (prefixLength < 0 || prefixLength > network.getAddress().length * 8) {
        throw new IllegalArgumentException(network + "/" + prefixLength);
      }
    }

    @Override
    public boolean contains(String address, LocalNetworks networks) {
      byte[] own = network.getAddress();
      byte[] other = InetAddress.ofLiteral(address).getAddress();
      if (own.length != other.length) {
        return false;
      }
      int whole = prefixLength / 8;
      if (!Arrays.equals(own, 0, whole, other, 0, whole)) {
        return false;
      }
      int rest = prefixLength % 8;
      return rest == 0 || ((own[whole] ^ other[whole]) & 0xff) >>> (8 - rest) == 0;
    }

    /// This very address.
    Cidr single() {
      return new Cidr(network, network.getAddress().length * 8);
    }
  }

  /// A mask that is not a prefix, e.g. `255.0.255.0`.
  record Masked(InetAddress network, InetAddress mask) implements AddressRange {
    @Override
    public boolean contains(String address, LocalNetworks networks) {
      byte[] own = network.getAddress();
      byte[] bits = mask.getAddress();
      byte[] other = InetAddress.ofLiteral(address).getAddress();
      if (own.length != other.length) {
        return false;
      }
      for (int i = 0; i < own.length; i++) {
        if (((own[i] ^ other[i]) & bits[i]) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /// The server's own addresses, with the networks that they are in.
  @FunctionalInterface
  interface LocalNetworks {
    List<Cidr> interfaces();
  }
}
