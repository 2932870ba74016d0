package io.fineprune.agent.preprocessing;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.AudioClip;
import io.fineprune.schemas.v1.AudioEncoding;
import io.fineprune.topology.activation.UnusableEventException;

/** From an audio clip to the plain WAV bytes that a graph with a decoder of its own takes. */
final class EncodedPreprocessor {
    private final EncodedSpec spec;
    private final ResamplerCache resamplers;

    EncodedPreprocessor(EncodedSpec spec) {
        this.spec = spec;
        this.resamplers = new ResamplerCache(spec.sampleRateHz());
    }

    byte[] prepare(AudioClip clip) throws UnusableEventException {
        Wav header = AudioDecoder.header(clip);
        if (clip.getEncoding() == AudioEncoding.AUDIO_ENCODING_WAV && isPlain(header, clip.getData())) {
            return clip.getData().toByteArray();
        }
        return resamplers.convert(AudioDecoder.decode(clip)).toWav();
    }

    private boolean isPlain(Wav header, ByteString data) {
        byte[] plain = Waveform.plainHeader(header.frames(), spec.sampleRateHz());
        return data.size() == plain.length + 2L * header.frames() && data.startsWith(ByteString.copyFrom(plain));
    }
}
