package io.mlp.worker;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Ctrl-C, SIGTERM and a closed terminal, before the JVM acts on them. A shutdown hook would run
 * beside those of the libraries: ONNX Runtime's frees its environment while the worker may still be
 * computing.
 */
public final class StopSignals {
  private StopSignals() {}

  /**
   * Calls the receiver with the signal's number, and the JVM itself does nothing any more. Where
   * that is not to be had, nothing changes: the JVM exits, and runs its hooks.
   *
   * <p>The receiver has a thread that keeps the JVM alive until it is through; the one that brings
   * the signal does not, so a receiver that ends all other threads would not come to its end.
   */
  public static void receive(IntConsumer receiver) {
    for (String name : List.of("INT", "TERM", "HUP")) {
      try {
        handle(name, receiver);
      } catch (ReflectiveOperationException e) {
        // Another system or JVM, or signals switched off with -Xrs.
      }
    }
  }

  /** By reflection, for javac warns of this API in a way that cannot be answered. */
  private static void handle(String name, IntConsumer receiver)
      throws ReflectiveOperationException {
    Class<?> signalType = Class.forName("sun.misc.Signal");
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    Method number = signalType.getMethod("getNumber");
    Object handler =
        Proxy.newProxyInstance(
            StopSignals.class.getClassLoader(),
            new Class<?>[] {handlerType},
            (_, method, arguments) -> {
              if (method.getName().equals("handle")) {
                int signal = (int) number.invoke(arguments[0]);
                Thread.ofPlatform()
                    .name("stopping")
                    .daemon(false)
                    .start(() -> receiver.accept(signal));
              }
              return null;
            });
    signalType
        .getMethod("handle", signalType, handlerType)
        .invoke(null, signalType.getConstructor(String.class).newInstance(name), handler);
  }
}
