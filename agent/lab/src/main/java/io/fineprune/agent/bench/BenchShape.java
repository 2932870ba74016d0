package io.fineprune.agent.bench;

import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.shapes.NetworkShapes;
import java.util.Locale;

/** The networks that are measured. */
public enum BenchShape {
    VGG_7("VGG-7, 32x32x1"),
    DS_CNN("DS-CNN, 49x10x1"),
    MOBILENET_V1("MobileNetV1, 128x128x3"),
    RESNET_50("ResNet50, 64x64x3");

    private final String title;

    BenchShape(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }

    /** Returns the name as flags spell it, such as {@code vgg-7}. */
    public String flag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    FrozenModel make(long seed) {
        return switch (this) {
            case VGG_7 -> NetworkShapes.vgg7(seed);
            case DS_CNN -> NetworkShapes.dsCnn(seed);
            case MOBILENET_V1 -> NetworkShapes.mobileNetV1(seed, 128, 1);
            case RESNET_50 -> NetworkShapes.resNet50(seed, 64, 1);
        };
    }
}
