package io.mlp.api.submission;

/** Builds JSON pointers (RFC 6901) as URI fragments. */
final class JsonPointers {
  private JsonPointers() {}

  static String escape(String member) {
    return member.replace("~", "~0").replace("/", "~1");
  }
}
