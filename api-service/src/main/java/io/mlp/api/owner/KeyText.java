package io.mlp.api.owner;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/**
 * A key as its holder has it: {@code mlp_} and 43 letters and digits, drawn at random, which makes
 * 256 bits. It is stored as its SHA-256 alone: what is random cannot be guessed, however fast a
 * guess is tried, so it needs no slow hash.
 */
final class KeyText {
  /** The form of a key. */
  static final String FORM = "mlp_[0-9A-Za-z]{43}";

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final String MARK = "mlp_";
  private static final int RANDOM = 43;
  private static final int SHOWN = 8;
  private static final SecureRandom SECURE = new SecureRandom();

  private final String text;

  private KeyText(String text) {
    this.text = text;
  }

  static KeyText random() {
    StringBuilder text = new StringBuilder(MARK);
    for (int i = 0; i < RANDOM; i++) {
      text.append(ALPHABET.charAt(SECURE.nextInt(ALPHABET.length())));
    }
    return new KeyText(text.toString());
  }

  /** What was sent as a key; empty if it has not the form of one. */
  static Optional<KeyText> of(String sent) {
    return hasForm(sent) ? Optional.of(new KeyText(sent)) : Optional.empty();
  }

  /** {@value #FORM}, without the cost of a pattern, which every request would pay. */
  private static boolean hasForm(String sent) {
    return sent.length() == MARK.length() + RANDOM
        && sent.startsWith(MARK)
        && sent.chars().skip(MARK.length()).allMatch(KeyText::isLetterOrDigit);
  }

  private static boolean isLetterOrDigit(int c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  /** The beginning, which may be shown: it tells keys apart and opens nothing. */
  String prefix() {
    return text.substring(0, MARK.length() + SHOWN);
  }

  Hash hash() {
    try {
      return new Hash(MessageDigest.getInstance("SHA-256").digest(text.getBytes(US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError("every Java has SHA-256", e);
    }
  }

  /** The whole key, for the one answer that shows it. */
  String secret() {
    return text;
  }

  /** Without the secret, because texts of this kind end in logs. */
  @Override
  public String toString() {
    return prefix() + "…";
  }

  /** SHA-256 of a key. Hashes are compared in constant time. */
  static final class Hash {
    private final byte[] bytes;

    Hash(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    byte[] bytes() {
      return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Hash hash && MessageDigest.isEqual(bytes, hash.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }
}
