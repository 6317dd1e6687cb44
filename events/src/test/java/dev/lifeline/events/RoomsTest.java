package dev.lifeline.events;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Imports of this module point one way: model <- codec <- state <- journal <- kafka, otlp.
class RoomsTest {
  private static final String ROOT = "dev.lifeline.events";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void importsPointOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
        .layer("model")
        .definedBy(ROOT)
        .layer("testing")
        .definedBy(ROOT + ".testing")
        .layer("codec")
        .definedBy(ROOT + ".codec")
        .layer("state")
        .definedBy(ROOT + ".state")
        .layer("journal")
        .definedBy(ROOT + ".journal")
        .layer("kafka")
        .definedBy(ROOT + ".kafka")
        .layer("timeline")
        .definedBy(ROOT + ".timeline")
        .layer("otlp")
        .definedBy(ROOT + ".otlp")
        .layer("export")
        .definedBy(ROOT + ".export")
        .layer("diff")
        .definedBy(ROOT + ".diff")
        .whereLayer("codec")
        .mayOnlyBeAccessedByLayers(
            "state", "journal", "kafka", "otlp", "export", "timeline", "diff")
        .whereLayer("state")
        .mayOnlyBeAccessedByLayers("journal", "kafka", "otlp")
        .whereLayer("journal")
        .mayOnlyBeAccessedByLayers("kafka", "otlp", "export", "timeline")
        .whereLayer("kafka")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("otlp")
        .mayOnlyBeAccessedByLayers("export")
        .whereLayer("timeline")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("export")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("diff")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("testing")
        .mayNotBeAccessedByAnyLayer()
        .check(CLASSES);
  }

  /// The log is written by servers, but knows none.
  @Test
  void knowsNothingOfTheServer() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.lifeline..").and(not(resideInAPackage(ROOT + ".."))))
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("io.vertx..")
        .check(CLASSES);
  }
}
