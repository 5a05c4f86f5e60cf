package io.mlp.benchmark.stack;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Random;
import java.util.StringJoiner;
import java.util.function.UnaryOperator;

/** The same thousand images for every stack, each as the 64 whole numbers of a digit. */
final class Requests {
  private static final int COUNT = 1000;

  private Requests() {}

  /**
   * Whole HTTP requests.
   *
   * @param body makes the body of an image, {@code [0,16,…]}
   */
  static byte[][] posts(String path, String headers, UnaryOperator<String> body) {
    Random random = new Random(7);
    byte[][] requests = new byte[COUNT][];
    for (int i = 0; i < COUNT; i++) {
      requests[i] = post(path, headers, body.apply(image(random)));
    }
    return requests;
  }

  private static String image(Random random) {
    StringJoiner image = new StringJoiner(",", "[", "]");
    for (int i = 0; i < 64; i++) {
      image.add(Integer.toString(random.nextInt(17)));
    }
    return image.toString();
  }

  static byte[] post(String path, String headers, String body) {
    return """
    POST %s HTTP/1.1\r
    Host: localhost\r
    Content-Type: application/json\r
    Content-Length: %d\r
    %s\r
    %s\
    """
        .formatted(path, body.length(), headers, body)
        .getBytes(US_ASCII);
  }

  static byte[] get(String path) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path).getBytes(US_ASCII);
  }
}
