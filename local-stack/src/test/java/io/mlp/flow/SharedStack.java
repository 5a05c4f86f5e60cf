package io.mlp.flow;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives integration tests what they ask for by the type of a constructor's parameter, started at
 * the first wish and stopped after the last test of this JVM:
 *
 * <ul>
 *   <li>{@link Stack}: the api and the worker, running on the servers; shared by all tests, so a
 *       test looks only at jobs of its own
 *   <li>{@link Database}: an empty database with the schema in it, for that test class alone
 *   <li>{@link Backends}: PostgreSQL, Redis and the AMQP broker; shared by all tests
 * </ul>
 */
public final class SharedStack implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(SharedStack.class);

  static {
    // A busy machine is slow; what never comes is told soon enough.
    Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
  }

  private static final List<Class<?>> GIVEN = List.of(Stack.class, Database.class, Backends.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return GIVEN.contains(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Store shared = context.getRoot().getStore(NAMESPACE);
    Backends servers =
        shared.computeIfAbsent(
            Backends.class, _ -> Backends.start(System.getenv()), Backends.class);
    Class<?> type = parameter.getParameter().getType();
    if (type == Stack.class) {
      return shared.computeIfAbsent(
          Stack.class,
          _ ->
              Stack.start(
                  servers,
                  Database.create(servers.postgresPort()),
                  Map.of(
                      "api.models.refresh", "100ms",
                      "api.queues.statistics-interval", "1s",
                      "api.queues.max-queued", Integer.toString(QueueIT.MAX_QUEUED))),
          Stack.class);
    }
    if (type == Database.class) {
      return context
          .getStore(NAMESPACE)
          .computeIfAbsent(
              Database.class,
              _ -> Database.create(servers.postgresPort()).withSchema(),
              Database.class);
    }
    return servers;
  }
}
