package io.fineprune.agent.demo;

/** Observer of a demo's progress. Called by several threads. */
public interface DemoListener {
    /** Called when a step is done; the text describes it. */
    void step(String text);

    /** Called with the progress of the step under way. */
    void progress(String text);
}
