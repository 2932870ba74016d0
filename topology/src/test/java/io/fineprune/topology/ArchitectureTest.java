package io.fineprune.topology;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

@AnalyzeClasses(packages = "io.fineprune", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final List<String> ORDER = List.of("activation", "sums", "budget", "pruning", "lifecycle", "stream");

    @ArchTest
    static void shouldImportOnlyEarlierPackages(com.tngtech.archunit.core.domain.JavaClasses imported) {
        for (int p = 0; p < ORDER.size(); p++) {
            String[] later = ORDER.subList(p + 1, ORDER.size()).stream()
                    .map(name -> "io.fineprune.topology." + name + "..")
                    .toArray(String[]::new);
            if (later.length > 0) {
                noClasses()
                        .that()
                        .resideInAPackage("io.fineprune.topology." + ORDER.get(p) + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(later)
                        .check(imported);
            }
        }
    }

    @ArchTest
    static final ArchRule shouldUseKafkaStreamsInStreamOnly = noClasses()
            .that()
            .resideInAPackage("io.fineprune..")
            .and()
            .resideOutsideOfPackage("io.fineprune.topology.stream..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka.streams..");

    @ArchTest
    static final ArchRule shouldKeepTensorFlowAndMicrometerOut = noClasses()
            .that()
            .resideInAPackage("io.fineprune..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.tensorflow..", "io.micrometer..", "io.fineprune.agent..");

    @ArchTest
    static final ArchRule shouldBePublicAndFinalOrHidden = classes()
            .that()
            .resideInAPackage("io.fineprune.topology..")
            .and()
            .arePublic()
            .and()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .should()
            .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL);
}
