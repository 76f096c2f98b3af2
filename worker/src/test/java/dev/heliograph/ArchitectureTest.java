package dev.heliograph;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Arrows point one way, without cycles, and vendor types stay in their adapter. */
@AnalyzeClasses(packages = "dev.heliograph", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule arrowsPointInwards =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("app")
          .definedBy("dev.heliograph.app..")
          .layer("demo")
          .definedBy("dev.heliograph.demo..")
          .layer("engine")
          .definedBy("dev.heliograph.engine..")
          .layer("audit")
          .definedBy("dev.heliograph.audit..")
          .layer("messaging")
          .definedBy("dev.heliograph.messaging..")
          .layer("store")
          .definedBy("dev.heliograph.store..")
          .layer("inference")
          .definedBy("dev.heliograph.inference..")
          .layer("gallery")
          .definedBy("dev.heliograph.gallery..")
          .layer("imaging")
          .definedBy("dev.heliograph.imaging..")
          .layer("checkpoint")
          .definedBy("dev.heliograph.checkpoint..")
          .layer("pipeline")
          .definedBy("dev.heliograph.pipeline..")
          .layer("query")
          .definedBy("dev.heliograph.query..")
          .whereLayer("app")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("demo")
          .mayOnlyBeAccessedByLayers("app")
          .whereLayer("engine")
          .mayOnlyBeAccessedByLayers("app", "demo")
          .whereLayer("audit") // its ports are implemented by messaging and store
          .mayOnlyBeAccessedByLayers("app", "engine", "messaging", "store")
          .whereLayer("messaging")
          .mayOnlyBeAccessedByLayers("app")
          .whereLayer("store")
          .mayOnlyBeAccessedByLayers("app", "engine")
          .whereLayer("inference")
          .mayOnlyBeAccessedByLayers("app", "engine")
          .whereLayer("gallery")
          .mayOnlyBeAccessedByLayers("app", "engine")
          .whereLayer("imaging")
          .mayOnlyBeAccessedByLayers("app", "engine")
          .whereLayer("checkpoint")
          .mayOnlyBeAccessedByLayers("app", "inference", "gallery")
          .whereLayer("pipeline")
          .mayOnlyBeAccessedByLayers(
              "app",
              "demo",
              "engine",
              "audit",
              "messaging",
              "store",
              "inference",
              "gallery",
              "imaging");

  @ArchTest
  static final ArchRule noCycles =
      slices().matching("dev.heliograph.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule djlStaysInInferenceAndGallery =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.heliograph.inference..", "dev.heliograph.gallery..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule kafkaStaysInMessaging =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.heliograph.messaging..", "dev.heliograph.app.embedded..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..", "kafka..");

  @ArchTest
  static final ArchRule minioStaysInStore =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.heliograph.store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.minio..", "okhttp3..");

  @ArchTest
  static final ArchRule openCvStaysInImaging =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.heliograph.imaging..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.opencv..", "org.bytedeco..");

  @ArchTest
  static final ArchRule valuesAndPipelineKnowNoVendor =
      classes()
          .that()
          .resideInAnyPackage("dev.heliograph.query..", "dev.heliograph.pipeline..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "org.slf4j..",
              "dev.heliograph.query..",
              "dev.heliograph.pipeline..");
}
