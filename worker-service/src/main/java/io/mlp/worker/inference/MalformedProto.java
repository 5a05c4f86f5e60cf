package io.mlp.worker.inference;

/** The bytes are no protobuf, or are cut off. */
final class MalformedProto extends Exception {
  MalformedProto(String message) {
    super(message);
  }
}
