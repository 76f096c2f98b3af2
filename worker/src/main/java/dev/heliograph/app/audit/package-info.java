/**
 * The audit trail outside of the worker: the sealer, and how auditors find, verify and replay
 * records.
 */
@NullMarked
package dev.heliograph.app.audit;

import org.jspecify.annotations.NullMarked;
