package io.fineprune.agent.bench;

import java.lang.management.ManagementFactory;

/** Measures the processor time of all threads of this process, and the clock time, since the window was opened. */
final class Window {
    private static final double NANOS_PER_SECOND = 1e9;

    private final com.sun.management.OperatingSystemMXBean system =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final long cpu = system.getProcessCpuTime();
    private long wall = System.nanoTime();

    /** Starts the clock again, but not the processor's time. */
    void restartClock() {
        wall = System.nanoTime();
    }

    double cpuSeconds() {
        return (system.getProcessCpuTime() - cpu) / NANOS_PER_SECOND;
    }

    double seconds() {
        return (System.nanoTime() - wall) / NANOS_PER_SECOND;
    }
}
