package io.fineprune.topology.lifecycle;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningSettings;
import io.fineprune.schemas.v1.SettingOrigin;
import io.fineprune.schemas.v1.StoredLifecycle;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One layer of settings that commands put in force, and which command each of its fields is from. */
final class LayeredSettings {
    private static final String SPARSITY = "sparsity";
    private static final String TARGET_MACS = "target_macs";

    private LayeredSettings() {}

    /** Takes back what the command unsets, then puts its settings in force, field by field. */
    static void merge(StoredLifecycle.Builder next, PruneCommand command) {
        PruningSettings.Builder settings = next.getSettings().toBuilder();
        Set<String> gone = new HashSet<>(command.getUnsetList());
        for (FieldDescriptor field : command.getSettings().getAllFields().keySet()) {
            gone.add(field.getName());
            if (field.getName().equals(SPARSITY)) {
                gone.add(TARGET_MACS);
            } else if (field.getName().equals(TARGET_MACS)) {
                gone.add(SPARSITY);
            }
        }
        for (String name : gone) {
            FieldDescriptor field = PruningSettings.getDescriptor().findFieldByName(name);
            if (field != null) {
                settings.clearField(field);
            }
        }
        settings.mergeFrom(command.getSettings());
        if (settings.build().equals(PruningSettings.getDefaultInstance())) {
            next.clearSettings();
        } else {
            next.setSettings(settings);
        }
        origins(next, gone, command);
    }

    private static void origins(StoredLifecycle.Builder next, Set<String> gone, PruneCommand command) {
        List<SettingOrigin> kept = next.getOriginsList().stream()
                .filter(origin -> !gone.contains(origin.getField()))
                .toList();
        next.clearOrigins().addAllOrigins(kept);
        for (FieldDescriptor field : command.getSettings().getAllFields().keySet()) {
            next.addOriginsBuilder()
                    .setField(field.getName())
                    .setCommandId(command.getCommandId())
                    .setRequestedBy(command.getRequestedBy())
                    .setRequestedAtMillis(command.getRequestedAtMillis());
        }
    }
}
