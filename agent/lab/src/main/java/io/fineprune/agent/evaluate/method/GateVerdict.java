package io.fineprune.agent.evaluate.method;

/**
 * What the quality gate estimated without labels, and what it decided.
 *
 * @param source estimated accuracy of the source model, 0 to 1
 * @param candidate estimated accuracy of what is proposed, 0 to 1
 * @param low lower end of the candidate's interval
 * @param high upper end of the candidate's interval
 * @param published whether the candidate took the source model's place
 */
public record GateVerdict(double source, double candidate, double low, double high, boolean published) {}
