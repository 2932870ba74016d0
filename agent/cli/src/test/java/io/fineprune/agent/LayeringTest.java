package io.fineprune.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Each heavy dependency has one package that imports it, and packages form no cycle. */
@AnalyzeClasses(
        packages = "io.fineprune.agent",
        importOptions = {DoNotIncludeTests.class, LayeringTest.NoTestJars.class})
class LayeringTest {
    @ArchTest
    static final ArchRule onlyTensorflowShouldImportTensorFlow = onlyIn("tensorflow", "org.tensorflow..");

    @ArchTest
    static final ArchRule onlyMetricsShouldImportMicrometer = onlyIn("metrics", "io.micrometer..", "io.prometheus..");

    @ArchTest
    static final ArchRule onlyBrokerShouldImportKafkasServer = onlyIn(
            "broker", "kafka..", "org.apache.kafka.metadata..", "org.apache.kafka.server..", "org.apache.kafka.raft..");

    @ArchTest
    static final ArchRule onlyCliShouldImportPicocli = onlyIn("cli", "picocli..");

    @ArchTest
    static final ArchRule preprocessingShouldBePureJava = noClasses()
            .that()
            .resideInAPackage("io.fineprune.agent.preprocessing..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "org.tensorflow..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule packagesShouldBeFreeOfCycles = slices().matching("io.fineprune.agent.(*)..")
            .should()
            .beFreeOfCycles()
            .allowEmptyShould(true);

    private static ArchRule onlyIn(String name, String... imported) {
        return noClasses()
                .that()
                .resideOutsideOfPackage("io.fineprune.agent." + name + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(imported)
                .allowEmptyShould(true);
    }

    /** Leaves out what other modules give to tests only. */
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }
}
