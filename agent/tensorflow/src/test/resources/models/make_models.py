"""Writes the small models of this folder with random weights; needs TensorFlow 2.16 or later (Keras 3)."""

import sys

import keras
import numpy as np
import tensorflow as tf


def model():
    keras.utils.set_random_seed(7)
    layers = keras.layers
    return keras.Sequential([
        layers.Input((8, 8, 1)),
        layers.Conv2D(4, 3, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.SeparableConv2D(6, 3, activation="relu"),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(3, activation="softmax"),
    ])


def disturbed(net):
    random = np.random.default_rng(7)
    for weight in net.weights:
        positive = "variance" in weight.path or "gamma" in weight.path
        weight.assign(random.uniform(0.5, 1.5, weight.shape) if positive else random.normal(0, 0.3, weight.shape))
    return net


target = sys.argv[1]
disturbed(model()).export(target + "/keras3-export", verbose=False)
tf.saved_model.save(disturbed(model()), target + "/keras3-saved")
