/** What an orchestrator asks the worker: is it alive, is it ready, what has it done. */
@NullMarked
package dev.heliograph.app.health;

import org.jspecify.annotations.NullMarked;
