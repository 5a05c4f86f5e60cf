package io.mlp.api.http;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.core.convert.converter.Converter;
import org.springframework.stereotype.Component;

/**
 * Reads an address to listen on, which may be a name that all replicas share on one network: it
 * stands for the address there that is this machine's own. So {@code management.server.address}
 * keeps health and metrics on one network of several.
 */
@Component
@ConfigurationPropertiesBinding
final class OwnAddress implements Converter<String, InetAddress> {
  @Override
  public InetAddress convert(String name) {
    List<InetAddress> addresses = addressesOf(name);
    return addresses.stream()
        .filter(OwnAddress::isOwn)
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "%s stands for %s, and none of these is an address of this machine"
                    .formatted(name, addresses)));
  }

  private static List<InetAddress> addressesOf(String name) {
    try {
      return Arrays.asList(InetAddress.getAllByName(name));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(name + " has no address", e);
    }
  }

  private static boolean isOwn(InetAddress address) {
    try {
      return address.isAnyLocalAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      throw new IllegalArgumentException("The addresses of this machine cannot be read", e);
    }
  }
}
