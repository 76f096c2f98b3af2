package dev.heliograph.pipeline;

import java.util.Optional;

/**
 * A composed query. The array is handed over: nobody writes to it afterwards.
 *
 * @param queryFeature normalised, in the joint space; its dot product with a gallery row ranks
 * @param pseudoWordLength the length of phi's output for the reference
 * @param referenceRelevance explains {@code pseudoWordLength}, if it was asked for
 */
public record Composition(
    float[] queryFeature, float pseudoWordLength, Optional<PatchRelevance> referenceRelevance) {}
