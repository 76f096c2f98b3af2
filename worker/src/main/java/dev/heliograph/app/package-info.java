/**
 * What runs: {@link dev.heliograph.app.Main} and its commands, the worker process, its
 * configuration, health and metrics, and the embedded broker and store of the demo.
 */
@NullMarked
package dev.heliograph.app;

import org.jspecify.annotations.NullMarked;
