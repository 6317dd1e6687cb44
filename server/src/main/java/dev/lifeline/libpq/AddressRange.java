package dev.lifeline.libpq;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The addresses that a rule is about.
public sealed interface AddressRange {
  /// `address` is numeric. A range that is a name contains no address: whoever asks must look at
  /// the name of the client's host ([HostName#matches]).
  boolean contains(String address, LocalNetworks networks);

  /// As `pg_hba_file_rules.address` has it; null where a rule has no addresses.
  @Nullable String text();

  /// As `pg_hba_file_rules.netmask` has it.
  default @Nullable String mask() {
    return null;
  }

  /// What the rules about the Unix-domain socket have.
  record None() implements AddressRange {
    @Override
    public boolean contains(String address, LocalNetworks networks) {
      return false;
    }

    @Override
    public @Nullable String text() {
      return null;
    }
  }

  /// `all`.
  record All() implements AddressRange {
    @Override
    public String text() {
      return "all";
    }

    @Override
    public boolean contains(String address, LocalNetworks networks) {
      return true;
    }
  }

  /// `samehost`: one of the server's own addresses.
  record SameHost() implements AddressRange {
    @Override
    public String text() {
      return "samehost";
    }

    @Override
    public boolean contains(String address, LocalNetworks networks) {
      return networks.interfaces().stream().anyMatch(i -> i.single().contains(address, networks));
    }
  }

  /// `samenet`: any address of a network that the server is in.
  record SameNet() implements AddressRange {
    @Override
    public String text() {
      return "samenet";
    }

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

    @Override
    public String text() {
      return numeric(network);
    }

    @Override
    public String mask() {
      byte[] bits = new byte[network.getAddress().length];
      for (int i = 0; i < prefixLength; i++) {
        bits[i / 8] |= (byte) (0x80 >>> (i % 8));
      }
      try {
        return numeric(InetAddress.getByAddress(bits));
      } catch (UnknownHostException e) {
        throw new IllegalStateException("an address has 4 or 16 bytes", e);
      }
    }

    /// This very address.
    Cidr single() {
      return new Cidr(network, network.getAddress().length * 8);
    }
  }

  /// A mask that is not a prefix, e.g. `255.0.255.0`.
  record Masked(InetAddress network, InetAddress bits) implements AddressRange {
    @Override
    public String text() {
      return numeric(network);
    }

    @Override
    public String mask() {
      return numeric(bits);
    }

    @Override
    public boolean contains(String address, LocalNetworks networks) {
      byte[] own = network.getAddress();
      byte[] mask = bits.getAddress();
      byte[] other = InetAddress.ofLiteral(address).getAddress();
      if (own.length != other.length) {
        return false;
      }
      for (int i = 0; i < own.length; i++) {
        if (((own[i] ^ other[i]) & mask[i]) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /// The name of a host, or with a dot in front the end of the names of hosts.
  record HostName(String name) implements AddressRange {
    @Override
    public boolean contains(String address, LocalNetworks networks) {
      return false;
    }

    @Override
    public String text() {
      return name;
    }

    /// Case does not count in host names.
    public boolean matches(String hostName) {
      return name.startsWith(".")
          ? hostName.length() >= name.length()
              && hostName.regionMatches(
                  true, hostName.length() - name.length(), name, 0, name.length())
          : hostName.equalsIgnoreCase(name);
    }
  }

  /// An address as `getnameinfo` spells it: the longest run of zeros in IPv6 is left out.
  static String numeric(InetAddress address) {
    return NumericAddress.of(address);
  }

  /// The server's own addresses, with the networks that they are in.
  @FunctionalInterface
  interface LocalNetworks {
    List<Cidr> interfaces();
  }
}
