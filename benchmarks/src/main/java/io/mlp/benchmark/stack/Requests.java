package io.mlp.benchmark.stack;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Random;
import java.util.StringJoiner;
import java.util.function.UnaryOperator;

/** The same thousand rows for every stack, each of whole numbers such as the pixels of a digit. */
final class Requests {
  private static final int COUNT = 1000;

  private Requests() {}

  /**
   * Whole HTTP requests.
   *
   * @param numbers in each row
   * @param body makes the body of a row, {@code [0,16,…]}
   */
  static byte[][] posts(String path, String headers, int numbers, UnaryOperator<String> body) {
    Random random = new Random(7);
    byte[][] requests = new byte[COUNT][];
    for (int i = 0; i < COUNT; i++) {
      requests[i] = post(path, headers, body.apply(row(random, numbers)));
    }
    return requests;
  }

  private static String row(Random random, int numbers) {
    StringJoiner row = new StringJoiner(",", "[", "]");
    for (int i = 0; i < numbers; i++) {
      row.add(Integer.toString(random.nextInt(17)));
    }
    return row.toString();
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
