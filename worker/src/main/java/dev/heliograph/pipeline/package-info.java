/**
 * What happens to a batch of queries, stage by stage, and the ports it needs. Imports no vendor:
 * Kafka, DJL, OpenCV and S3 clients live in the adapters that implement the ports.
 */
@NullMarked
package dev.heliograph.pipeline;

import org.jspecify.annotations.NullMarked;
