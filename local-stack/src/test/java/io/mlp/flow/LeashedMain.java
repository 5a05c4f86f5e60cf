package io.mlp.flow;

import java.io.IOException;
import java.util.Arrays;

/**
 * Runs another main class for as long as the process that started this one lives: when that is gone
 * the standard input ends, and nothing of a broken-off test run stays behind.
 */
final class LeashedMain {
  private LeashedMain() {}

  /** The first argument is the class, the others are its own. */
  public static void main(String[] args) throws ReflectiveOperationException {
    Thread.ofPlatform().name("leash").daemon().start(LeashedMain::haltWhenAlone);
    Class.forName(args[0])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
  }

  private static void haltWhenAlone() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is ever sent.
      }
    } catch (IOException _) {
      // As good as the end.
    }
    Runtime.getRuntime().halt(1);
  }
}
