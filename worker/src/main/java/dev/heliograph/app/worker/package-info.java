/**
 * The service: {@link dev.heliograph.app.worker.Worker} wires engine, delivery and health by hand.
 */
@NullMarked
package dev.heliograph.app.worker;

import org.jspecify.annotations.NullMarked;
