package dev.heliograph.pipeline;

/** Who computes: appears in every answer's provenance. */
public record WorkerIdentity(String name, String version) {}
