package dev.heliograph.pipeline;

/**
 * An encoded image, and what explains its score for any query. The arrays are handed over: nobody
 * writes to them afterwards.
 *
 * @param feature normalised
 */
public record ExplainedImage(float[] feature, PatchTangents tangents) {}
