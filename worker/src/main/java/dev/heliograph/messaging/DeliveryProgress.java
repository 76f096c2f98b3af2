package dev.heliograph.messaging;

import java.time.Instant;

/**
 * How far a delivery is; a consistent snapshot. In every snapshot:
 *
 * <pre>
 * received    = completed + failed + expired + cancelled + malformed
 *               + abandoned + released + duplicates + inFlight
 * deadLetters = malformed + those of failed whose failure was not the query's own
 * </pre>
 *
 * Alert on {@code lastPoll} growing old (the loop is stuck), on {@code malformed} growing (a sender
 * is broken), on {@code aborts} growing faster than rebalances explain, and on {@code deadLetters}
 * growing faster than {@code malformed} (a dependency is down, or a bug).
 *
 * @param lastPoll when the loop last came by
 * @param paused whether consumption waits for queries in flight
 * @param inFlight taken up, not yet published; finished ones wait here for their publication
 * @param inFlightBytes of their keys and values
 * @param received records taken up since the start; a record read again counts again
 * @param completed published as COMPLETED
 * @param failed published as FAILED
 * @param expired published as EXPIRED
 * @param cancelled published as CANCELLED
 * @param malformed published as dead letters only
 * @param abandoned dropped because their partition went to another worker, or their lock was lost,
 *     or at the end
 * @param released given back for another delivery, with nothing published ({@code queue} only)
 * @param duplicates received though known to be answered already: skipped
 * @param renewed locks that were extended while work lasted ({@code queue} only)
 * @param deadLetters published dead letters
 * @param transactions committed (in delivery by transactions only)
 * @param aborts transactions that failed, or in {@code queue} publications; their queries stay in
 *     flight
 */
public record DeliveryProgress(
    Instant lastPoll,
    boolean paused,
    int inFlight,
    long inFlightBytes,
    long received,
    long completed,
    long failed,
    long expired,
    long cancelled,
    long malformed,
    long abandoned,
    long released,
    long duplicates,
    long renewed,
    long deadLetters,
    long transactions,
    long aborts) {

  /** Before the first turn. */
  public static DeliveryProgress none(Instant now) {
    return new DeliveryProgress(now, false, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }
}
