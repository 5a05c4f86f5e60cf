package io.mlp.api.http;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Keeps health and metrics on one network of several: {@code management.server.address} may be a
 * name that all replicas share there, and stands for the address of it that is this machine's own.
 */
public final class OwnAddress
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  private static final String KEY = "management.server.address";

  /**
   * @throws IllegalStateException if the name has no address of this machine
   */
  @Override
  public void initialize(ConfigurableApplicationContext context) {
    ConfigurableEnvironment environment = context.getEnvironment();
    String name = environment.getProperty(KEY, "");
    if (!name.isEmpty()) {
      environment
          .getPropertySources()
          .addFirst(new MapPropertySource("own address", Map.of(KEY, own(name).getHostAddress())));
    }
  }

  private static InetAddress own(String name) {
    List<InetAddress> addresses = addressesOf(name);
    return addresses.stream()
        .filter(OwnAddress::isOwn)
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "%s: %s stands for %s (expected: an address of this machine)"
                    .formatted(KEY, name, addresses)));
  }

  private static List<InetAddress> addressesOf(String name) {
    try {
      return Arrays.asList(InetAddress.getAllByName(name));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(
          "%s: %s (expected: a name with an address)".formatted(KEY, name), e);
    }
  }

  private static boolean isOwn(InetAddress address) {
    try {
      return address.isAnyLocalAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      throw new IllegalStateException("The addresses of this machine cannot be read", e);
    }
  }
}
