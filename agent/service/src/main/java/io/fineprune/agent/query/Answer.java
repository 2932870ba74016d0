package io.fineprune.agent.query;

/**
 * An answer over HTTP.
 *
 * @param code HTTP's
 * @param type the content type
 */
public record Answer(int code, String type, String body) {
    static final String JSON = "application/json";

    static Answer ok(Object json) {
        return new Answer(200, JSON, json.toString());
    }

    /** Creates an answer that describes a problem, in the form of RFC 9457. */
    static Answer problem(int code, String detail) {
        return new Answer(
                code,
                "application/problem+json",
                Json.object().put("status", code).put("detail", detail).toString());
    }
}
