package dev.lifeline.main;

import dev.lifeline.libpq.AddressRange;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/// The addresses and networks of this machine's interfaces, as they are when they are asked for:
/// what `samehost` and `samenet` mean in `pg_hba.conf`.
final class InterfaceNetworks implements AddressRange.LocalNetworks {
  @Override
  public List<AddressRange.Cidr> interfaces() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(network -> network.getInterfaceAddresses().stream())
          .map(address ->
              new AddressRange.Cidr(address.getAddress(), address.getNetworkPrefixLength()))
          .toList();
    } catch (SocketException e) {
      return List.of();
    }
  }
}
