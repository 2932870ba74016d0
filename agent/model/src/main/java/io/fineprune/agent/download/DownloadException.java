package io.fineprune.agent.download;

/** A data set that could not be fetched. The message says what to do. */
public final class DownloadException extends Exception {
    private static final long serialVersionUID = 1L;

    public DownloadException(String message) {
        super(message);
    }

    public DownloadException(String message, Throwable cause) {
        super(message, cause);
    }
}
