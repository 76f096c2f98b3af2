package dev.heliograph.pipeline;

/**
 * A raw Grad-ECLIP grid. The array is handed over: nobody writes to it afterwards.
 *
 * @param grid rows × columns, row-major, non-negative, not rescaled
 * @param explainedScore the number whose gradient was taken
 */
public record PatchRelevance(int rows, int columns, float[] grid, float explainedScore) {}
