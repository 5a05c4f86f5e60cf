package io.mlp;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.springframework.jdbc.core.simple.JdbcClient;

@AnalyzeClasses(packages = "io.mlp", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  /**
   * Neither web nor AMQP reaches what both services share, but for the watch on the broker, and
   * JDBC only the job store.
   */
  @ArchTest
  static final ArchRule dependsOnLittle =
      classes()
          .that()
          .resideOutsideOfPackages(
              "io.mlp.job.store",
              "io.mlp.cache..",
              "io.mlp.trace",
              "io.mlp.metrics",
              "io.mlp.outage")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.mlp..",
              "java..",
              "org.jspecify..",
              "tools.jackson..",
              "com.fasterxml.jackson.annotation..",
              "com.fasterxml.uuid..");

  /**
   * A stream keeps its connection until it is closed, and nobody does: lists and sets do as well.
   */
  @ArchTest
  static final ArchRule noResultIsRead_thatHoldsItsConnection =
      noClasses().should().callMethod(JdbcClient.MappedQuerySpec.class, "stream");

  /** What both services keep in Redis is read and written by one hand; it counts and it logs. */
  @ArchTest
  static final ArchRule theCacheSpeaksToRedisAndToNothingElse =
      classes()
          .that()
          .resideInAPackage("io.mlp.cache..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.mlp..",
              "java..",
              "org.jspecify..",
              "org.springframework.core",
              "org.springframework.dao..",
              "org.springframework.data.redis..",
              "io.lettuce.core..",
              "io.github.resilience4j..",
              "io.micrometer.core.instrument..",
              "org.slf4j..");

  @ArchTest
  static final ArchRule onlyTheStoreReachesTheDatabase =
      classes()
          .that()
          .resideInAPackage("io.mlp.job.store")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.mlp..",
              "java..",
              "javax.sql..",
              "org.jspecify..",
              "org.slf4j..",
              "tools.jackson..",
              "com.zaxxer.hikari..",
              "org.springframework.core",
              "org.springframework.jdbc..",
              "org.springframework.dao..",
              "org.springframework.transaction..");

  @ArchTest
  static final ArchRule hasNoCycles = slices().matching("io.mlp.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule tensorsStandAlone =
      noClasses()
          .that()
          .resideInAPackage("io.mlp.tensor")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.mlp.job..", "io.mlp.model..", "io.mlp.dispatch..", "io.mlp.cache..");

  @ArchTest
  static final ArchRule callersTellTheTime =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
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
}
