package io.fineprune.layering;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/**
 * What Maven cannot see of the direction of imports, since it lies within a module: the order of packages, and the one package
 * of a module that may import a library which the module has. Between modules Maven sees to the direction.
 */
@AnalyzeClasses(
        packages = "io.fineprune",
        importOptions = {DoNotIncludeTests.class, LayeringTest.NoTestJars.class})
class LayeringTest {
    private static final List<String> MESSAGES = List.of("schemas.v1", "schemas.serde", "schemas.topic");

    /** The order in which data flows; repairs start from what pruning left, and the lifecycle judges them. */
    private static final List<String> TOPOLOGY = List.of(
            "topology.activation",
            "topology.sums",
            "topology.budget",
            "topology.pruning",
            "topology.repair",
            "topology.labelling",
            "topology.lifecycle",
            "topology.stream");

    @ArchTest
    static void messagesShouldImportOnlyPackagesBeforeThem(JavaClasses classes) {
        checkOrder(classes, MESSAGES);
    }

    @ArchTest
    static void topologyShouldImportOnlyPackagesBeforeThem(JavaClasses classes) {
        checkOrder(classes, TOPOLOGY);
    }

    @ArchTest
    static final ArchRule everyPackageOfTheTopologyShouldHaveItsPlaceInTheOrder = classes()
            .that()
            .resideInAPackage("io.fineprune.topology..")
            .should()
            .resideInAnyPackage(TOPOLOGY.stream().map(LayeringTest::in).toArray(String[]::new));

    @ArchTest
    static final ArchRule generatedMessagesShouldNotImportKafka = without("schemas.v1", "org.apache.kafka..");

    @ArchTest
    static final ArchRule preprocessingShouldNotImportKafka = without("agent.preprocessing", "org.apache.kafka..");

    @ArchTest
    static final ArchRule onlyTensorflowShouldImportTensorFlow = onlyIn("agent.tensorflow", "org.tensorflow..");

    @ArchTest
    static final ArchRule onlyMetricsShouldImportMicrometer =
            onlyIn("agent.metrics", "io.micrometer..", "io.prometheus..");

    @ArchTest
    static final ArchRule onlyBrokerShouldImportKafkasServer = onlyIn(
            "agent.broker",
            "kafka..",
            "org.apache.kafka.metadata..",
            "org.apache.kafka.server..",
            "org.apache.kafka.raft..");

    @ArchTest
    static final ArchRule packagesOfTheAgentShouldBeFreeOfCycles =
            slices().matching("io.fineprune.agent.(*)..").should().beFreeOfCycles();

    private static void checkOrder(JavaClasses classes, List<String> order) {
        for (int i = 0; i < order.size(); i++) {
            String[] later = order.subList(i + 1, order.size()).stream()
                    .map(LayeringTest::in)
                    .toArray(String[]::new);
            if (later.length > 0) {
                noClasses()
                        .that()
                        .resideInAPackage(in(order.get(i)))
                        .should()
                        .dependOnClassesThat(resideInAnyPackage(later))
                        .because("data flows " + String.join(" -> ", order))
                        .check(classes);
            }
        }
    }

    private static ArchRule without(String name, String... imported) {
        return noClasses()
                .that()
                .resideInAPackage(in(name))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(imported);
    }

    private static ArchRule onlyIn(String name, String... imported) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in(name))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(imported);
    }

    private static String in(String name) {
        return "io.fineprune." + name + "..";
    }

    /** Leaves out what other modules give to tests only. */
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }
}
