package io.mlp.api;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;

@AnalyzeClasses(packages = "io.mlp.api", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.mlp.api";

  /** Which features each feature may use. A new package has to say so here. */
  private static final Map<String, List<String>> ARROWS =
      Map.ofEntries(
          entry(
              "submission",
              List.of(
                  "metrics",
                  "model",
                  "dispatch",
                  "queue",
                  "status",
                  "idempotency",
                  "retention",
                  "trace",
                  "http",
                  "memory",
                  "owner",
                  "problem")),
          entry(
              "submission.storing",
              List.of(
                  "submission.validation", "dispatch", "model", "retention", "memory", "problem")),
          entry(
              "submission.validation",
              List.of("submission.reading", "idempotency", "model", "memory", "owner", "problem")),
          entry("submission.reading", List.of("http", "memory", "problem")),
          entry(
              "control",
              List.of(
                  "audit", "metrics", "model", "dispatch", "queue", "status", "owner", "problem")),
          entry("queue", List.of("model", "dispatch", "lookup", "owner", "problem")),
          entry("idempotency", List.of("problem")),
          entry("retention", List.of()),
          entry("retirement", List.of("metrics", "model", "dispatch", "queue")),
          entry("status", List.of("http", "redis", "retention", "memory", "owner", "problem")),
          entry("dispatch", List.of("model")),
          entry("model", List.of("http", "lookup", "owner", "problem")),
          entry("owner", List.of("audit", "http", "lookup", "memory", "problem")),
          entry("audit", List.of("http", "problem")),
          entry("lookup", List.of()),
          entry("limit", List.of("owner", "queue", "problem")),
          entry("docs", List.of("model", "problem")),
          entry("metrics", List.of("model")),
          entry("migration", List.of()),
          entry("upkeep", List.of("dispatch")),
          entry("health", List.of("model", "owner")),
          entry("http", List.of("memory", "problem")),
          entry("redis", List.of()),
          entry("memory", List.of("problem")),
          entry("trace", List.of()),
          entry("problem", List.of()));

  @ArchTest
  static void featuresUseEachOtherOneWay(JavaClasses classes) {
    ARROWS.forEach((feature, used) -> {
      String[] allowed =
          Stream.concat(Stream.of(feature), used.stream())
              .map(name -> ROOT + "." + name + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(ROOT + "." + feature + "..")
          .should()
          .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(allowed))))
          .allowEmptyShould(true)
          .check(classes);
    });
  }

  @ArchTest
  static void everyFeatureHasItsArrows(JavaClasses classes) {
    TreeSet<String> features = new TreeSet<>();
    classes.forEach(type -> {
      String name = type.getPackageName();
      if (!name.equals(ROOT)) {
        features.add(name.substring(ROOT.length() + 1));
      }
    });
    assertThat(features).isEqualTo(new TreeSet<>(ARROWS.keySet()));
  }

  @ArchTest
  static final ArchRule featuresHaveNoCycles =
      slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

  /** Names that say what a type is not, but not what it is. */
  @ArchTest
  static final ArchRule namesSayWhatATypeIs =
      noClasses()
          .should()
          .haveNameMatching(".*(Impl|Utils?|Helper|Manager|Dto|DTO|VO)")
          .orShould()
          .haveNameMatching(".*\\.Abstract[A-Z].*");

  @ArchTest
  static final ArchRule constructorsTakeWhatATypeNeeds =
      noFields()
          .should()
          .beAnnotatedWith(Autowired.class)
          .orShould()
          .beAnnotatedWith(Value.class)
          .orShould()
          .beAnnotatedWith("jakarta.inject.Inject")
          .orShould()
          .beAnnotatedWith("jakarta.annotation.Resource");

  /** Times come from PostgreSQL or from the one clock, which tests can set. */
  @ArchTest
  static final ArchRule onlyTheClockTellsTheTime =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(OffsetDateTime.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  @ArchTest
  static final ArchRule onlyTheConfigurationMakesTheClock =
      noClasses()
          .that()
          .doNotHaveSimpleName("ApiConfiguration")
          .should()
          .callMethod(Clock.class, "systemUTC")
          .orShould()
          .callMethod(Clock.class, "systemDefaultZone");

  /** A managed entity never leaves its feature, and none is a job. */
  @ArchTest
  static final ArchRule onlyCatalogueAndKeysUseJpa =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + ".model..", ROOT + ".owner..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta.persistence..", "org.hibernate.annotations..");

  @ArchTest
  static final ArchRule onlyDispatchSpeaksToRabbitMq =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".dispatch..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework.amqp..", "com.rabbitmq..");

  @ArchTest
  static void everyPackageIsNullMarked(JavaClasses classes) {
    List<String> unmarked =
        classes.stream()
            .map(type -> type.getPackage())
            .distinct()
            .filter(type -> !type.isAnnotatedWith(NullMarked.class))
            .map(JavaPackage::getName)
            .toList();
    assertThat(unmarked).isEmpty();
  }

  /**
   * A stream keeps its connection until it is closed, and nobody does: lists and sets do as well.
   */
  @ArchTest
  static final ArchRule noResultIsRead_thatHoldsItsConnection =
      noClasses().should().callMethod(JdbcClient.MappedQuerySpec.class, "stream");
}
