package dev.heliograph.inference;

/**
 * The shape of one transformer.
 *
 * @param width W, {@code hidden_size}
 * @param mlpWidth {@code intermediate_size}
 */
record TowerConfig(
    int width, int mlpWidth, int heads, int layers, float epsilon, Activation activation) {}
