/**
 * Measures a worker as it is run: started by the launcher, in a process of its own, with a broker
 * and a store beside it. Entry point: {@link dev.heliograph.benchmark.worker.WorkerBenchmark}.
 */
@NullMarked
package dev.heliograph.benchmark.worker;

import org.jspecify.annotations.NullMarked;
