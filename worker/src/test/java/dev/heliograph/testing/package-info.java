/** What tests of several packages share: the golden data and readers of its formats. */
@NullMarked
package dev.heliograph.testing;

import org.jspecify.annotations.NullMarked;
