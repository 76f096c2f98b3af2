/**
 * Reads weight files without running anything in them: {@link
 * dev.heliograph.checkpoint.SafetensorsFile} and {@link dev.heliograph.checkpoint.TorchFile}, and
 * writes the latter ({@link dev.heliograph.checkpoint.TorchFileWriter}). Files are memory-mapped,
 * but for tensors that are read into native memory: whoever shortens one while it is in use takes
 * the process down, so replace files, never overwrite them. Depends on the JDK and a JSON parser.
 */
@NullMarked
package dev.heliograph.checkpoint;

import org.jspecify.annotations.NullMarked;
