package io.fineprune.agent.tensorflow;

import io.fineprune.agent.tensorflow.graph.Sessions;
import io.fineprune.agent.tensorflow.graph.Tensors;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * The largest resident memory of a process that loads a SavedModel and runs it, measured in a child JVM of its own. Linux only;
 * elsewhere empty.
 */
public final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";
    private static final String NO_MODEL = "none";
    private static final int PASSES = 3;
    private static final int PROCESSES = 3;
    private static final int TIMEOUT_SECONDS = 300;
    private static final int KIB = 1024;

    private PeakMemory() {}

    /** Measures a process that runs batches of zeros through a model, in bytes: the median of several runs. */
    public static OptionalLong of(Path savedModel, int batch) throws IOException, InterruptedException {
        return median(savedModel.toString(), Integer.toString(batch));
    }

    /** Measures a process that loads TensorFlow and no model, in bytes: the median of several runs. */
    public static OptionalLong idle() throws IOException, InterruptedException {
        return median(NO_MODEL, "1");
    }

    private static OptionalLong median(String... arguments) throws IOException, InterruptedException {
        List<Long> peaks = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            OptionalLong peak = child(arguments);
            if (peak.isEmpty()) {
                return peak;
            }
            peaks.add(peak.getAsLong());
        }
        return OptionalLong.of(peaks.stream().sorted().toList().get(PROCESSES / 2));
    }

    private static OptionalLong child(String... arguments) throws IOException, InterruptedException {
        if (!Files.isReadable(STATUS)) {
            return OptionalLong.empty();
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                PeakMemory.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("MALLOC_ARENA_MAX", "1");
        Process process = builder.start();
        OptionalLong peak = OptionalLong.empty();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith(PEAK)) {
                    peak = OptionalLong.of(Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB);
                }
            }
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("Expected the measuring process to end within %d s".formatted(TIMEOUT_SECONDS));
            }
        } finally {
            process.destroyForcibly();
        }
        return peak;
    }

    /** The child process: the SavedModel's folder and the batch, or {@value #NO_MODEL}. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        int batch = Integer.parseInt(arguments[1]);
        if (arguments[0].equals(NO_MODEL)) {
            Tensors.floats(new float[] {0}, new long[] {1}).close();
        } else {
            run(folder, batch);
        }
        try (var lines = Files.lines(STATUS)) {
            lines.filter(line -> line.startsWith(PEAK)).forEach(System.out::println);
        }
    }

    private static void run(Path folder, int batch) {
        try (SavedModelBundle bundle = SavedModelBundle.loader(folder.toString())
                .withConfigProto(Sessions.config())
                .withTags("serve")
                .load()) {
            SignatureDef signature = bundle.metaGraphDef().getSignatureDefOrThrow("serving_default");
            TensorInfo input = signature.getInputsOrThrow("input");
            long[] shape = input.getTensorShape().getDimList().stream()
                    .mapToLong(org.tensorflow.proto.TensorShapeProto.Dim::getSize)
                    .toArray();
            shape[0] = batch;
            int size = 1;
            for (long dimension : shape) {
                size = Math.multiplyExact(size, Math.toIntExact(dimension));
            }
            for (int pass = 0; pass < PASSES; pass++) {
                try (Tensor fed = Tensors.floats(new float[size], shape);
                        Result result = bundle.session()
                                .runner()
                                .feed(input.getName(), fed)
                                .fetch(signature.getOutputsOrThrow("output").getName())
                                .run()) {
                    Tensors.floats(result.get(0));
                }
            }
        }
    }
}
