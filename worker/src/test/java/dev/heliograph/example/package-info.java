/** What users are shown, compiled and run. */
@NullMarked
package dev.heliograph.example;

import org.jspecify.annotations.NullMarked;
