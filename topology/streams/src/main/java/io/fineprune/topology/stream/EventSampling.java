package io.fineprune.topology.stream;

import io.fineprune.schemas.v1.SensorEvent;

/** Samples events by a hash of their names, so that every replay and every agent samples the same ones. */
final class EventSampling {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private EventSampling() {}

    /**
     * Hash of an event's name as a number in [0, 1), uniform over events; the event is in a sample of share s if
     * it is below s.
     */
    static double draw(SensorEvent event) {
        long hash = add(add(FNV_OFFSET, event.getDeviceId()) * FNV_PRIME, event.getEventId());
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        return ((hash ^ (hash >>> 31)) >>> 11) * 0x1p-53;
    }

    private static long add(long start, String text) {
        long hash = start;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }
}
