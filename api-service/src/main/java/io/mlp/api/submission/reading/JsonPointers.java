package io.mlp.api.submission.reading;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.springframework.web.util.UriUtils;
import tools.jackson.core.JsonParser;

/** Builds JSON pointers (RFC 6901) as URI fragments. */
public final class JsonPointers {
  private JsonPointers() {}

  /** Where the parser stands. */
  static String of(JsonParser json) {
    return fragment(json.streamReadContext().pathAsPointer().toString());
  }

  /** The object or array around the place where the parser stands. */
  static String ofParent(JsonParser json) {
    return fragment(json.streamReadContext().getParent().pathAsPointer().toString());
  }

  /** A member of the object at that pointer. */
  public static String member(String pointer, String name) {
    return pointer + fragment("/" + name.replace("~", "~0").replace("/", "~1")).substring(1);
  }

  private static String fragment(String pointer) {
    return "#" + UriUtils.encodeFragment(pointer, UTF_8);
  }
}
