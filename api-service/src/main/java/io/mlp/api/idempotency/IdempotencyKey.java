package io.mlp.api.idempotency;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client calls a submission, and what it sends under that name.
 *
 * @param name 1 to 255 visible ASCII characters, one client's alone
 * @param fingerprint SHA-256 of the body, in hex
 */
public record IdempotencyKey(String owner, String name, String fingerprint) {
  /** The request header that holds the name. */
  public static final String HEADER = "Idempotency-Key";

  private static final int LONGEST = 255;

  /** Every character escaped. */
  private static final int LONGEST_QUOTED = 2 * LONGEST + 2;

  /** A string of RFC 8941, as the header's draft wants it, or the bare text that many send. */
  private static final Pattern FORM =
      Pattern.compile(
          "\"(?<quoted>(?:[!#-\\[\\]-~]|\\\\[\"\\\\])+)\"|(?<bare>[!#-+\\--:<-\\[\\]-~]+)");

  private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");

  /**
   * The name that the headers give; empty if there are none.
   *
   * @throws ProblemException 400 if it has not the form of one
   */
  public static Optional<String> name(Enumeration<String> headers) {
    List<String> sent = Collections.list(headers);
    if (sent.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> name = sent.size() == 1 ? parse(sent.getFirst().strip()) : Optional.empty();
    if (name.isEmpty()) {
      throw ProblemException.at(
          ProblemType.INVALID_PARAMETER,
          HEADER,
          HEADER + " must be one text of 1 to 255 visible ASCII characters, best in quotes");
    }
    return name;
  }

  private static Optional<String> parse(String value) {
    Matcher matcher = FORM.matcher(value);
    if (value.length() > LONGEST_QUOTED || !matcher.matches()) {
      return Optional.empty();
    }
    String quoted = matcher.group("quoted");
    String name = quoted == null ? matcher.group("bare") : ESCAPE.matcher(quoted).replaceAll("$1");
    return Optional.of(name).filter(text -> text.length() <= LONGEST);
  }

  /** What is sent under that name. */
  public static IdempotencyKey of(String owner, String name, byte[] body) {
    return new IdempotencyKey(owner, name, HexFormat.of().formatHex(sha256().digest(body)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError("every Java has SHA-256", e);
    }
  }
}
