/**
 * Servers that run inside this process, for the demonstration and for tests; never for production.
 */
@NullMarked
package dev.heliograph.app.embedded;

import org.jspecify.annotations.NullMarked;
