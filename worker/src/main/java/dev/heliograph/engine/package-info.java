/**
 * Heliograph as a library: {@link dev.heliograph.engine.Heliograph} opens a model and galleries,
 * answers queries and saves their artifacts. The commands and the worker use nothing else.
 */
@NullMarked
package dev.heliograph.engine;

import org.jspecify.annotations.NullMarked;
