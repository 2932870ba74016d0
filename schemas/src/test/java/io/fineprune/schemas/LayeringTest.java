package io.fineprune.schemas;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Imports point only left: messages, serdes, topics. */
@AnalyzeClasses(packages = "io.fineprune.schemas", importOptions = DoNotIncludeTests.class)
class LayeringTest {
    @ArchTest
    static final ArchRule messagesShouldImportNothingOfOurs = noClasses()
            .that()
            .resideInAPackage("io.fineprune.schemas.v1..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.fineprune.schemas.serde..", "io.fineprune.schemas.topic..", "org.apache.kafka..");

    @ArchTest
    static final ArchRule serdesShouldImportNoTopic = noClasses()
            .that()
            .resideInAPackage("io.fineprune.schemas.serde..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.fineprune.schemas.topic..");

    @ArchTest
    static final ArchRule schemasShouldImportNeitherStreamsNorTensorFlowNorLaterModules = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.kafka.streams..",
                    "org.tensorflow..",
                    "io.fineprune.topology..",
                    "io.fineprune.agent..");
}
