/**
 * Events to bytes and back. {@link dev.heliograph.events.codec.EventEncoder} frames with one
 * framing, {@link dev.heliograph.events.codec.EventDecoder} reads both: Avro single-object encoding
 * and the Confluent wire format.
 */
package dev.heliograph.events.codec;
