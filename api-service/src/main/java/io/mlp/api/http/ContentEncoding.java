package io.mlp.api.http;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/** How a body was made smaller on its way: gzip, or deflate, which is zlib's form (RFC 9110). */
final class ContentEncoding {
  static final String IDENTITY = "identity";

  /** What an inflater holds, most of it outside of the heap: its window and its buffers. */
  static final long MEMORY = 48 * 1024;

  /** So much of a body may be as small on its way as it likes: zeros shrink to a thousandth. */
  private static final long ANY_RATIO = 1024 * 1024;

  /** Beyond that, a request that costs little to send would cost too much to read. */
  private static final int MOST_RATIO = 100;

  private ContentEncoding() {}

  /**
   * The one encoding of a body.
   *
   * @throws ProblemException 415 if there are several, or one that is not read
   */
  static String of(Enumeration<String> headers) {
    List<String> encodings = new ArrayList<>();
    for (String header : Collections.list(headers)) {
      for (String token : header.split(",", -1)) {
        encodings.add(token.strip().toLowerCase(Locale.ROOT));
      }
    }
    encodings.removeIf(encoding -> encoding.isEmpty() || encoding.equals(IDENTITY));
    if (encodings.isEmpty()) {
      return IDENTITY;
    }
    return switch (encodings.size() == 1 ? encodings.getFirst() : "") {
      case "gzip", "x-gzip" -> "gzip";
      case "deflate" -> "deflate";
      default ->
          throw ProblemException.accepting(
              ProblemType.UNSUPPORTED_MEDIA_TYPE,
              "Content-Encoding: %.100s (expected: gzip, deflate or none)"
                  .formatted(String.join(", ", encodings)),
              "Accept-Encoding",
              "gzip, deflate");
    };
  }

  /**
   * What a body is when inflated.
   *
   * @throws ProblemException 400, also by the stream's reads, if it is not of that encoding; 413 by
   *     these if it grows out of proportion
   */
  static InputStream inflated(String encoding, InputStream body) throws IOException {
    Counted sent = new Counted(body);
    try {
      return new Checked(
          encoding.equals("gzip") ? new GZIPInputStream(sent) : new InflaterInputStream(sent),
          encoding,
          sent);
    } catch (ZipException | EOFException e) {
      throw malformed(encoding);
    }
  }

  private static ProblemException malformed(String encoding) {
    return ProblemException.at(
        ProblemType.MALFORMED_JSON, "#", "The body is not %s, or cut off".formatted(encoding));
  }

  private static final class Counted extends FilterInputStream {
    private long bytes;

    Counted(InputStream body) {
      super(body);
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int more = super.read(into, from, length);
      bytes += Math.max(0, more);
      return more;
    }
  }

  private static final class Checked extends FilterInputStream {
    private final String encoding;
    private final Counted sent;
    private long bytes;

    Checked(InputStream inflated, String encoding, Counted sent) {
      super(inflated);
      this.encoding = encoding;
      this.sent = sent;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int more;
      try {
        more = super.read(into, from, length);
      } catch (ZipException | EOFException e) {
        throw malformed(encoding);
      }
      bytes += Math.max(0, more);
      if (bytes > Math.max(ANY_RATIO, MOST_RATIO * sent.bytes)) {
        throw ProblemException.at(
            ProblemType.PAYLOAD_TOO_LARGE,
            "#",
            "The body grows to more than %d times what was sent; send it as it is"
                .formatted(MOST_RATIO));
      }
      return more;
    }
  }
}
