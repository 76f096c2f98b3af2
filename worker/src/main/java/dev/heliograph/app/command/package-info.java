/** The commands behind {@code ./heliograph <command>}, one class each. */
@NullMarked
package dev.heliograph.app.command;

import org.jspecify.annotations.NullMarked;
