package io.mlp.benchmark.driver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** The answer to a request; valid only while it is handed over. */
public final class Answer {
  private final byte[] bytes;
  private final int status;
  private final int from;
  private final int to;

  Answer(byte[] bytes, int status, int from, int to) {
    this.bytes = bytes;
    this.status = status;
    this.from = from;
    this.to = to;
  }

  public int status() {
    return status;
  }

  /** The body, in which every byte is a character. */
  public String text() {
    return new String(bytes, from, to - from, ISO_8859_1);
  }

  /** Whether the body holds the text; cheaper than {@link #text()}. */
  public boolean contains(byte[] text) {
    return indexOf(text) >= 0;
  }

  /** The characters of an id behind the text that comes before it: {@code "id":"} for example. */
  public String behind(byte[] text, int length) {
    int start = indexOf(text);
    if (start < 0 || start + text.length + length > to) {
      throw new IllegalStateException("unexpected answer: " + text());
    }
    return new String(bytes, start + text.length, length, ISO_8859_1);
  }

  private int indexOf(byte[] text) {
    for (int i = from; i <= to - text.length; i++) {
      int matched = 0;
      while (matched < text.length && bytes[i + matched] == text[matched]) {
        matched++;
      }
      if (matched == text.length) {
        return i;
      }
    }
    return -1;
  }
}
