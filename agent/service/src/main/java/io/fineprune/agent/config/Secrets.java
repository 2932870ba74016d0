package io.fineprune.agent.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** Knows the keys whose values must never be shown, such as passwords. */
public final class Secrets {
    private static final Pattern SECRET =
            Pattern.compile("password|passwd|secret|token|credential|jaas|private|keystore\\.key|\\.key$|api\\.?key");

    private Secrets() {}

    /** Whether a setting of this name may hold a secret; rather too often than not. */
    public static boolean isSecret(String key) {
        return SECRET.matcher(key.toLowerCase(Locale.ROOT)).find();
    }

    /** Returns the value, or a placeholder if it must not be shown. */
    public static String shown(String key, String value) {
        return isSecret(key) ? "[hidden]" : value;
    }
}
