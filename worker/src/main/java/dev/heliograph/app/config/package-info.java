/**
 * The worker's configuration: {@link dev.heliograph.app.config.Setting} lists every option, {@link
 * dev.heliograph.app.config.Settings} finds its value in flags, environment or file.
 */
@NullMarked
package dev.heliograph.app.config;

import org.jspecify.annotations.NullMarked;
