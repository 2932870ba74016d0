package io.fineprune.topology;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/** Packages stand in the order of the data, and each imports only those before it. */
@AnalyzeClasses(
        packages = "io.fineprune.topology",
        importOptions = {DoNotIncludeTests.class, LayeringTest.NoTestJars.class})
class LayeringTest {
    /** The order in which data flows; repairs start from what pruning left, and the lifecycle judges them. */
    private static final List<String> ORDER =
            List.of("activation", "sums", "budget", "pruning", "repair", "lifecycle", "stream");

    private static final String STREAM = in("stream");

    @ArchTest
    static void packagesShouldImportOnlyThoseBeforeThem(JavaClasses classes) {
        for (int i = 0; i < ORDER.size(); i++) {
            String[] later = ORDER.subList(i + 1, ORDER.size()).stream()
                    .map(LayeringTest::in)
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(in(ORDER.get(i)))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(later))
                    .because("data flows " + String.join(" -> ", ORDER))
                    .allowEmptyShould(true)
                    .check(classes);
        }
    }

    @ArchTest
    static final ArchRule everyClassShouldHaveItsPlaceInTheOrder = classes()
            .should()
            .resideInAnyPackage(ORDER.stream().map(LayeringTest::in).toArray(String[]::new));

    @ArchTest
    static final ArchRule onlyStreamShouldImportKafka = noClasses()
            .that()
            .resideOutsideOfPackage(STREAM)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "kafka..", "org.rocksdb..");

    @ArchTest
    static final ArchRule topologyShouldImportNeitherTensorFlowNorTheAgentNorMicrometer = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.tensorflow..", "io.fineprune.agent..", "io.micrometer..");

    private static String in(String name) {
        return "io.fineprune.topology." + name + "..";
    }

    /** Leaves out what other modules give to tests only. */
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }
}
