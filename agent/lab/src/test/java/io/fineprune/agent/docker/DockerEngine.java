package io.fineprune.agent.docker;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Condition behind {@link NeedsDockerEngine}; prints why a test is skipped. It asks the engine itself for the images, since
 * Testcontainers would first try for minutes to pull what is not there.
 */
public final class DockerEngine implements ExecutionCondition {
    /** Made by {@code .ci/kafka-image} from Debian packages and Maven jars. */
    public static final String KAFKA_IMAGE = "local/kafka";

    private static final String DEFAULT_HOST = "unix:///var/run/docker.sock";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<String> missing = AnnotationSupport.findAnnotation(context.getElement(), NeedsDockerEngine.class)
                .flatMap(needs -> Arrays.stream(needs.images())
                        .map(DockerEngine::missing)
                        .flatMap(Optional::stream)
                        .findFirst());
        if (missing.isEmpty()) {
            return enabled("A Docker engine has all images");
        }
        String reason = missing.get() + ". Run .ci/run as root, which starts an engine and makes the images.";
        System.out.println("SKIPPED " + context.getDisplayName() + ": " + reason);
        return disabled(reason);
    }

    /** What is wrong with the engine or the image; empty if nothing is. */
    public static Optional<String> missing(String image) {
        String host = Optional.ofNullable(System.getenv("DOCKER_HOST")).orElse(DEFAULT_HOST);
        try {
            String answer = request(URI.create(host), "/images/" + image + "/json");
            return switch (answer) {
                case "200" -> Optional.empty();
                case "404" -> Optional.of("Expected image " + image + " in the Docker engine, but it is not there");
                default -> Optional.of("Expected image " + image + " in the Docker engine, but it answered " + answer);
            };
        } catch (IOException | IllegalArgumentException e) {
            return Optional.of("Expected a Docker engine at " + host + ", but found " + e);
        }
    }

    /** The status code of the answer, as text. */
    private static String request(URI host, String path) throws IOException {
        SocketAddress address = switch (String.valueOf(host.getScheme())) {
            case "unix" -> UnixDomainSocketAddress.of(host.getPath());
            case "tcp" -> new InetSocketAddress(host.getHost(), host.getPort());
            default -> throw new IllegalArgumentException("Expected unix: or tcp: in DOCKER_HOST");
        };
        try (SocketChannel channel = SocketChannel.open(address)) {
            String request = "GET " + path + " HTTP/1.0\r\nHost: docker\r\n\r\n";
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(request);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            String status = new String(Channels.newInputStream(channel).readNBytes(12), StandardCharsets.US_ASCII);
            return status.startsWith("HTTP/") ? status.substring(9) : "no HTTP";
        }
    }
}
