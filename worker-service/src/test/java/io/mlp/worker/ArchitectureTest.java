package io.mlp.worker;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
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

@AnalyzeClasses(packages = "io.mlp.worker", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.mlp.worker";

  /** Which features each feature may use. A new package has to say so here. */
  private static final Map<String, List<String>> ARROWS =
      Map.of(
          "intake", List.of("schedule", "catalogue", "repository"),
          "execution", List.of("schedule", "inference", "job", "result", "repository"),
          "schedule", List.of("repository"),
          "catalogue", List.of("inference", "job", "repository", "trial"),
          "repository", List.of("inference", "trial"),
          "trial", List.of("inference"),
          "health", List.of("intake", "execution", "schedule"),
          "inference", List.of(),
          "job", List.of(),
          "result", List.of());

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

  /** So that it can be read, tested and measured without a server or a container. */
  @ArchTest
  static final ArchRule inferenceKnowsOnlyTensorsAndOnnxRuntime =
      classes()
          .that()
          .resideInAPackage(ROOT + ".inference..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              ROOT + ".inference..",
              "io.mlp.tensor..",
              "io.mlp.model..",
              "io.mlp.job..",
              "ai.onnxruntime..",
              "java..",
              "org.slf4j..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule inferenceOpensNoConnection =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + ".inference..", ROOT + ".trial..", ROOT + ".repository..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.sql..", "javax.sql..", "java.net.http..", "org.springframework..");

  @ArchTest
  static final ArchRule onlyInferenceTouchesOnnxRuntime =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".inference..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.onnxruntime..");

  @ArchTest
  static final ArchRule onlyIntakeSpeaksToRabbitMq =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".intake..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework.amqp..", "com.rabbitmq..");

  @ArchTest
  static final ArchRule onlyResultSpeaksToRedis =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".result..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework.data.redis..", "io.lettuce..");

  /** The worker needs neither an object mapper for rows nor migrations. */
  @ArchTest
  static final ArchRule usesNeitherJpaNorFlyway =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta.persistence..", "org.flywaydb..")
          .because("statements are few and hot, and the api migrates")
          .allowEmptyShould(true);

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

  /** Leases and outcomes run by the clock of PostgreSQL. */
  @ArchTest
  static final ArchRule onlyPostgresqlTellsTheTime =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(OffsetDateTime.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

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
