package dev.heliograph.pipeline;

import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.SaliencyMethod;

/**
 * @param queryFeature normalised, from {@link Composition#queryFeature()}
 */
public record CandidateRequest(ModelPixels pixels, float[] queryFeature, SaliencyMethod method) {}
