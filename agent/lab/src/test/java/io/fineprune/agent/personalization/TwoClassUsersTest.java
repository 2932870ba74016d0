package io.fineprune.agent.personalization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.preprocessing.Preprocessor;
import io.fineprune.agent.preprocessing.Preprocessors;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.agent.source.Payloads;
import io.fineprune.agent.tensorflow.MobileNets;
import io.fineprune.agent.tensorflow.TensorFlowDeviceModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.layerwise.TensorFlowLayerwiseModel;
import io.fineprune.agent.tensorflow.train.FineTuner;
import io.fineprune.agent.tensorflow.units.InnerLayers;
import io.fineprune.agent.update.DeviceModel;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.labelling.ClassPrior;
import io.fineprune.topology.lifecycle.GateSettings;
import io.fineprune.topology.lifecycle.Personalization;
import io.fineprune.topology.lifecycle.PersonalizationPlan;
import io.fineprune.topology.lifecycle.Personalizer;
import io.fineprune.topology.pruning.PrunableModel;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.MaskedLayers;
import io.fineprune.topology.repair.ModelUpdate;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.repair.Sweep;
import io.fineprune.topology.sums.SumsAccumulator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Users who meet two of ten classes, with a network of inverted residuals that was trained on others: 60 unlabeled events to
 * learn from, the others held out. Recordings are the corpus that comes with the program; noise makes them hard.
 */
class TwoClassUsersTest {
    private static final int CLASSES = 10;
    private static final int TRAINING = 250;
    private static final int BUDGET = 60;
    private static final int USERS = 10;
    private static final double NOISE = 0.2;
    private static final double SHARE = 0.7;
    private static final GateSettings LENIENT = new GateSettings(0.5, 0.05);

    @TempDir
    static Path folder;

    private static TensorFlowModel model;
    private static TensorFlowLayerwiseModel layerwise;
    private static PrunableModel prunable;
    private static final List<User> users = new ArrayList<>();

    private record User(List<String> classes, List<ModelInput> streamed, List<ModelInput> heldOut, int[] truth) {}

    @BeforeAll
    static void train() throws Exception {
        PersonalizationTest.unpack("/demo/model/model.yaml", folder.resolve("model.yaml"));
        PersonalizationTest.unpack("/demo/model/saved_model.pb", folder.resolve("saved_model.pb"));
        Path zip = PersonalizationTest.unpack("/demo/spoken-digits-users.zip", folder.resolve("users.zip"));
        Preprocessor preprocessor =
                Preprocessors.create(ModelDirectory.open(folder).descriptor().preprocessing(), new int[] {32, 32, 1});
        List<Recording> recordings = new ArrayList<>(Recordings.load(zip));
        Collections.shuffle(recordings, new Random(3));
        List<ModelInput> inputs = new ArrayList<>();
        int[] labels = new int[recordings.size()];
        for (int i = 0; i < labels.length; i++) {
            inputs.add(preprocessor.prepare(Payloads.of(recordings.get(i))));
            labels[i] = Integer.parseInt(recordings.get(i).label());
        }
        model = TensorFlowModel.of(
                MobileNets.descriptor(CLASSES),
                MobileNets.trained(
                        MobileNets.untrained(1, 32, 32, CLASSES),
                        inputs.subList(0, TRAINING),
                        Arrays.copyOf(labels, TRAINING),
                        new FineTuner.Settings(12, 32, 2e-3, 1),
                        new FineTuner.Settings(2, 32, 2e-4, 2)),
                32);
        layerwise = model.layerwise(Optional.empty());
        prunable = PrunableModel.of(model);
        Random random = new Random(5);
        for (int u = 0; u < USERS; u++) {
            users.add(user(inputs, labels, u, (u + 3 + u % 3) % CLASSES, random));
        }
    }

    private static User user(List<ModelInput> inputs, int[] labels, int first, int second, Random random) {
        List<ModelInput> own = new ArrayList<>();
        List<Integer> truth = new ArrayList<>();
        for (int i = TRAINING; i < labels.length; i++) {
            if (labels[i] == first || labels[i] == second) {
                float[] values = ((ModelInput.Values) inputs.get(i)).values().clone();
                for (int j = 0; j < values.length; j++) {
                    values[j] += (float) (NOISE * random.nextGaussian());
                }
                own.add(new ModelInput.Values(values));
                truth.add(labels[i]);
            }
        }
        List<String> names = model.architecture().labels();
        return new User(
                List.of(names.get(first), names.get(second)),
                own.subList(0, BUDGET),
                own.subList(BUDGET, own.size()),
                truth.subList(BUDGET, own.size()).stream().mapToInt(i -> i).toArray());
    }

    @AfterAll
    static void close() {
        layerwise.close();
        model.close();
    }

    /** Mean accuracies over the users. */
    private static final class Accuracies {
        double source;
        double sourceWithPrior;
        double refit;
        double refitWithPrior;
        double update;
        int published;
        double macs;
    }

    @Test
    void shouldLoseNothingAgainstSourceAndPriorWhenSeventyPercentOfTheInnerChannelsAreGone() throws Exception {
        Accuracies mean = mean(user -> plan(RepairSettings.DEFAULT, LENIENT));
        print("undeclared, by even chances", mean);
        assertThat(mean.source)
                .as("the source model is neither useless nor perfect")
                .isBetween(0.4, 0.9);
        assertThat(mean.macs).isGreaterThan(0.4);
        assertThat(mean.refit).as("refit without a prior").isGreaterThan(mean.source - 0.05);
        assertThat(mean.refitWithPrior).as("refit with the prior").isGreaterThan(mean.sourceWithPrior - 0.05);
        assertThat(mean.update).as("published").isGreaterThanOrEqualTo(mean.sourceWithPrior - 0.01);
        assertThat(mean.published).isGreaterThanOrEqualTo(USERS - 2);
    }

    @Test
    void shouldLoseNoneOfThemByDefault() throws Exception {
        for (User user : users) {
            Accuracies one = new Accuracies();
            add(one, user, plan(RepairSettings.DEFAULT, GateSettings.DEFAULT));
            assertThat(one.update).isGreaterThanOrEqualTo(one.source - 0.01 / USERS);
        }
    }

    @Test
    void shouldGainForEveryOneOfThemWhoseClassesAreDeclared() throws Exception {
        Accuracies mean =
                mean(user -> plan(RepairSettings.DEFAULT.withClasses(user.classes(), true), GateSettings.DEFAULT));
        print("declared", mean);
        assertThat(mean.published).isEqualTo(USERS);
        assertThat(mean.update).isGreaterThanOrEqualTo(mean.sourceWithPrior);
    }

    private static Accuracies mean(Function<User, PersonalizationPlan> plans) throws Exception {
        Accuracies mean = new Accuracies();
        for (User user : users) {
            add(mean, user, plans.apply(user));
        }
        return mean;
    }

    private static void print(String what, Accuracies mean) {
        System.out.printf(
                "Users of two classes, %s: source %.3f, source + prior %.3f, refit %.3f, refit + prior %.3f, update %.3f"
                        + " (%d of %d published, %.1f %% of the operations removed)%n",
                what,
                mean.source,
                mean.sourceWithPrior,
                mean.refit,
                mean.refitWithPrior,
                mean.update,
                mean.published,
                USERS,
                100 * mean.macs);
    }

    private static SumsAccumulator sums(ActivationBatch batch) {
        SumsAccumulator sums = SumsAccumulator.empty(model.architecture());
        for (int e = 0; e < batch.events(); e++) {
            sums.add(batch, e, 1 + e);
        }
        return sums;
    }

    private static void add(Accuracies mean, User user, PersonalizationPlan plan) throws Exception {
        ActivationBatch batch = model.evaluate(user.streamed());
        SumsAccumulator sums = sums(batch);
        double[] prior = ClassPrior.mostLikely(batch.posterior(), BUDGET, CLASSES);
        float[] source = layerwise.answer(user.heldOut(), Map.of()).posterior();
        mean.source += accuracy(source, user.truth()) / USERS;
        mean.sourceWithPrior += accuracy(weighted(source, prior), user.truth()) / USERS;

        Personalization made = new Personalizer(prunable, Optional.of(layerwise))
                .personalize(sums.snapshot(), user.streamed(), plan, Optional.empty());
        if (!(made instanceof Personalization.Ready ready)) {
            mean.update += accuracy(source, user.truth()) / USERS;
            return;
        }
        mean.published++;
        mean.macs += SparsityReport.of(model.architecture(), ready.mask()).macShare() / USERS;
        Sweep.Repaired refit = new Sweep(layerwise, RepairSettings.DEFAULT.withScalingStrength(0))
                .run(user.streamed(), new MaskedLayers(model.architecture(), ready.mask()));
        LayerwiseModel.Answers student = layerwise.answer(user.heldOut(), refit.student());
        mean.refit += accuracy(student.posterior(), user.truth()) / USERS;
        mean.refitWithPrior += accuracy(weighted(student.posterior(), prior), user.truth()) / USERS;

        TensorFlowDeviceModels models = new TensorFlowDeviceModels(model);
        ModelUpdate update = new ModelUpdate(ready.mask(), ready.repairs());
        try (DeviceModel masked = models.masked(update);
                DeviceModel compacted = models.compacted(update).orElseGet(() -> models.masked(update))) {
            float[] answers = new float[user.heldOut().size() * CLASSES];
            for (int e = 0; e < user.truth().length; e++) {
                float[] answered = compacted.run(user.heldOut().get(e));
                System.arraycopy(answered, 0, answers, e * CLASSES, CLASSES);
                float[] expected = masked.run(user.heldOut().get(e));
                for (int c = 0; c < CLASSES; c++) {
                    assertThat(answered[c]).isCloseTo(expected[c], within(1e-3f));
                }
            }
            mean.update += accuracy(answers, user.truth()) / USERS;
        }
    }

    private static PersonalizationPlan plan(RepairSettings repairs, GateSettings gate) {
        Map<String, Double> streams = InnerLayers.others(model.network()).stream()
                .collect(Collectors.toMap(Function.identity(), layer -> 0.0));
        PruningPlan pruning = new PruningPlan(
                        Criterion.CRITERION_FLUCTUATION, Granularity.GRANULARITY_NODE, Scope.SCOPE_LAYER, SHARE, 1)
                .withLayerLimits(streams);
        return new PersonalizationPlan(pruning, UpdateKind.UPDATE_KIND_REFIT, true, true, gate, repairs);
    }

    private static float[] weighted(float[] posterior, double[] prior) {
        float[] weighted = new float[posterior.length];
        for (int i = 0; i < weighted.length; i++) {
            weighted[i] = (float) (posterior[i] * prior[i % CLASSES]);
        }
        return weighted;
    }

    private static double accuracy(float[] scores, int[] truth) {
        int right = 0;
        for (int e = 0; e < truth.length; e++) {
            int best = 0;
            for (int c = 1; c < CLASSES; c++) {
                best = scores[e * CLASSES + c] > scores[e * CLASSES + best] ? c : best;
            }
            right += best == truth[e] ? 1 : 0;
        }
        return (double) right / truth.length;
    }
}
