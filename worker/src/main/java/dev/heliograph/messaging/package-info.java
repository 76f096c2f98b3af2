/**
 * Kafka: queries in, completions and dead letters out. A worker runs a {@link
 * dev.heliograph.messaging.Delivery} with a {@link dev.heliograph.messaging.QueryAnswerer}; senders
 * use {@link dev.heliograph.messaging.QueryPublisher} and {@link
 * dev.heliograph.messaging.CompletionReader}; operators {@link
 * dev.heliograph.messaging.DeadLetters}. All are set up by one {@link
 * dev.heliograph.messaging.MessagingConfig}.
 */
@NullMarked
package dev.heliograph.messaging;

import org.jspecify.annotations.NullMarked;
