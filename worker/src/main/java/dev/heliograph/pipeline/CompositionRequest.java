package dev.heliograph.pipeline;

import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.SaliencyMethod;
import java.util.Optional;

/**
 * @param referenceSaliency the method of the reference map, or empty if none is wanted
 */
public record CompositionRequest(
    ModelPixels reference, Prompts prompts, Optional<SaliencyMethod> referenceSaliency) {}
