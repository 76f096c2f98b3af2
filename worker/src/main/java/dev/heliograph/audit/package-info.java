@NullMarked
package dev.heliograph.audit;

import org.jspecify.annotations.NullMarked;
