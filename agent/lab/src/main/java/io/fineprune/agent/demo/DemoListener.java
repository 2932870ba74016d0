package io.fineprune.agent.demo;

/** Hears how far a demo is. Called by several threads. */
public interface DemoListener {
    /** A step is done. */
    void step(String text);

    /** How far the step under way is. */
    void progress(String text);
}
