/**
 * What the demo shows: {@link dev.heliograph.demo.DemoWorld} draws a gallery and asks queries of
 * it. Below: {@code world} makes the scenes, {@code evaluation} measures on them, {@code page}
 * writes what came out as one HTML file.
 */
@NullMarked
package dev.heliograph.demo;

import org.jspecify.annotations.NullMarked;
