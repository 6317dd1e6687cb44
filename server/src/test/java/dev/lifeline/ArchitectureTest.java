package dev.lifeline;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/// The rules of the house: which room may use which, and what the core may not touch.
class ArchitectureTest {
  private static final JavaClasses SERVER =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(
              "dev.lifeline.utils",
              "dev.lifeline.storage",
              "dev.lifeline.access",
              "dev.lifeline.catalog",
              "dev.lifeline.parser",
              "dev.lifeline.optimizer",
              "dev.lifeline.executor",
              "dev.lifeline.commands",
              "dev.lifeline.libpq",
              "dev.lifeline.tcop",
              "dev.lifeline.postmaster",
              "dev.lifeline.observe",
              "dev.lifeline.main");

  @Test
  void importsPointOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("utils")
        .definedBy("dev.lifeline.utils..")
        .layer("storage")
        .definedBy("dev.lifeline.storage..")
        .layer("access")
        .definedBy("dev.lifeline.access..")
        .layer("catalog")
        .definedBy("dev.lifeline.catalog..")
        .layer("sql")
        .definedBy(
            "dev.lifeline.parser..",
            "dev.lifeline.optimizer..",
            "dev.lifeline.executor..",
            "dev.lifeline.commands..")
        .layer("libpq")
        .definedBy("dev.lifeline.libpq..")
        .layer("tcop")
        .definedBy("dev.lifeline.tcop..")
        .layer("postmaster")
        .definedBy("dev.lifeline.postmaster..")
        .layer("observe")
        .definedBy("dev.lifeline.observe..")
        .layer("main")
        .definedBy("dev.lifeline.main..")
        .whereLayer("main")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("observe")
        .mayOnlyBeAccessedByLayers("main")
        .whereLayer("postmaster")
        .mayOnlyBeAccessedByLayers("main")
        .whereLayer("tcop")
        .mayOnlyBeAccessedByLayers("postmaster", "main")
        .whereLayer("libpq")
        .mayOnlyBeAccessedByLayers("sql", "tcop", "postmaster", "main")
        .whereLayer("sql")
        .mayOnlyBeAccessedByLayers("tcop", "postmaster", "observe", "main")
        .whereLayer("catalog")
        .mayOnlyBeAccessedByLayers("sql", "tcop", "postmaster", "main")
        .whereLayer("access")
        .mayOnlyBeAccessedByLayers("catalog", "sql", "tcop", "postmaster", "main")
        .whereLayer("storage")
        .mayOnlyBeAccessedByLayers("access", "catalog", "sql", "tcop", "postmaster", "main")
        .check(SERVER);
  }

  /// What Vert.x gives to the core are futures and buffers; event loops are the verticles'
  /// business.
  @Test
  void theCoreKnowsNoEventLoop() {
    ArchRule rule =
        noClasses()
            .that(
                resideInAnyPackage(
                    "dev.lifeline.utils..",
                    "dev.lifeline.storage..",
                    "dev.lifeline.access..",
                    "dev.lifeline.catalog..",
                    "dev.lifeline.parser..",
                    "dev.lifeline.optimizer..",
                    "dev.lifeline.executor..",
                    "dev.lifeline.commands..",
                    "dev.lifeline.libpq..",
                    "dev.lifeline.tcop.."))
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.vertx..")
                    .and(
                        JavaClass.Predicates.belongToAnyOf(
                                io.vertx.core.Future.class,
                                io.vertx.core.Promise.class,
                                io.vertx.core.CompositeFuture.class,
                                io.vertx.core.AsyncResult.class,
                                io.vertx.core.Completable.class,
                                io.vertx.core.Handler.class,
                                // EXPLAIN (FORMAT JSON)
                                io.vertx.core.json.JsonObject.class,
                                io.vertx.core.json.JsonArray.class,
                                io.vertx.core.json.JsonObject.class,
                                io.vertx.core.json.JsonArray.class,
                                io.vertx.core.buffer.Buffer.class)
                            .negate()));
    rule.check(SERVER);
  }

  /// What an observer reads and understands needs no server, no loop and no clock to be tested.
  @Test
  void theObserversCoreKnowsNoVertx() {
    noClasses()
        .that(
            resideInAnyPackage(
                "dev.lifeline.observe.log..",
                "dev.lifeline.observe.message..",
                "dev.lifeline.observe.views.."))
        .should()
        .dependOnClassesThat(resideInAPackage("io.vertx.."))
        .check(SERVER);
  }

  /// Time comes by [dev.lifeline.utils.Clock], so that the simulator can give another one.
  @Test
  void theCoreAsksNoSystemClock() {
    noClasses()
        .that(
            resideInAnyPackage(
                    "dev.lifeline.utils..",
                    "dev.lifeline.storage..",
                    "dev.lifeline.access..",
                    "dev.lifeline.catalog..",
                    "dev.lifeline.parser..",
                    "dev.lifeline.optimizer..",
                    "dev.lifeline.executor..",
                    "dev.lifeline.commands..",
                    "dev.lifeline.libpq..",
                    "dev.lifeline.tcop..")
                // The one class that is the machine's clock.
                .and(
                    JavaClass.Predicates.belongToAnyOf(dev.lifeline.utils.SystemClock.class)
                        .negate()))
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .check(SERVER);
  }

  @Test
  void onlyMainKnowsTheDashboard() {
    noClasses()
        .that(resideInAPackage("dev.lifeline.main..").negate())
        .should()
        .dependOnClassesThat(resideInAPackage("dev.lifeline.dashboard.."))
        .check(SERVER);
  }

  @Test
  void nobodyBlocksOnAFuture() {
    noClasses()
        .that(resideInAPackage("dev.lifeline.main..").negate())
        .should()
        .callMethod(io.vertx.core.Future.class, "await")
        .check(SERVER);
  }
}
