package io.fineprune.agent.device;

import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.SensorEvent;

/** A device's connection to the fleet. Sending is asynchronous; several threads may send. */
public interface DeviceTransport extends AutoCloseable {
    void publish(SensorEvent event);

    void acknowledge(MaskAcknowledgement acknowledgement);

    void label(FeedbackLabel label);

    /**
     * Calls back with the chunks and the latest mask that there are, if any, before it returns, then with each new one, on a
     * thread of the transport. To be called once.
     */
    void follow(String user, String model, MaskListener masks);

    /**
     * Waits until everything sent has arrived.
     *
     * @throws TransportException if something sent did not arrive
     */
    void flush();

    /** Sends what is left, for a few seconds, and stops. */
    @Override
    void close();
}
