package io.fineprune.agent.docker;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** Skips a test, saying why, where there is no Docker engine with the images that the test runs. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(DockerEngine.class)
@interface NeedsDockerEngine {
    /** Images that must be there already; none is ever pulled. */
    String[] images() default {DockerEngine.KAFKA_IMAGE};
}
