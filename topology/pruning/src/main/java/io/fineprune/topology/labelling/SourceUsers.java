package io.fineprune.topology.labelling;

import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerwiseModel;
import java.util.List;
import java.util.Optional;

/**
 * How classes lie for the users of the source data, in the inputs and outputs of the source model's last layer. Immutable; made once
 * for a model.
 */
public final class SourceUsers {
    private static final int FEWEST = 3;

    private final List<ClassProfile> profiles;
    private final LayerParameters last;

    private SourceUsers(List<ClassProfile> profiles, LayerParameters last) {
        this.profiles = profiles;
        this.last = last;
    }

    /** Empty where the model was calibrated without users, or on fewer than three who have all classes. */
    public static Optional<SourceUsers> of(LayerwiseModel model) {
        LayerParameters last = model.source(model.architecture().layers().size() - 1);
        return model.sourceUsers()
                .filter(means -> means.length >= FEWEST)
                .map(means -> new SourceUsers(ClassProfile.of(means, last), last));
    }

    ProfiledNames names(Partition partition, ModelViews views, double[][] own, int[] candidates) {
        return ProfiledNames.of(profiles, last, partition, views, own, candidates);
    }
}
