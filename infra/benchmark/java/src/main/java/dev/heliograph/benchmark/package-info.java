/**
 * Measures the whole job through the engine's public interface, side by side with the PyTorch
 * scripts of {@code infra/benchmark}. Entry point: {@link dev.heliograph.benchmark.Benchmark}. The
 * stages' JMH benchmarks are in the packages of what they measure.
 */
@NullMarked
package dev.heliograph.benchmark;

import org.jspecify.annotations.NullMarked;
