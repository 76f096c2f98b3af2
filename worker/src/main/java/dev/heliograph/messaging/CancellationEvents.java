package dev.heliograph.messaging;

import dev.heliograph.events.CancellationRequested;
import dev.heliograph.events.codec.EventClasses;
import dev.heliograph.query.Cancellation;
import java.util.Optional;

/** CancellationRequested events to cancellations and back. */
final class CancellationEvents {
  static {
    EventClasses.trust();
  }

  private CancellationEvents() {}

  /**
   * @throws dev.heliograph.query.QueryFailedException with MALFORMED_EVENT if the queryId is
   *     unusable
   */
  static Cancellation toCancellation(CancellationRequested event) {
    return new Cancellation(
        event.getQueryId(), event.getRequestedAt(), Optional.ofNullable(event.getReason()));
  }

  static CancellationRequested toEvent(Cancellation cancellation) {
    return CancellationRequested.newBuilder()
        .setQueryId(cancellation.queryId())
        .setRequestedAt(cancellation.requestedAt())
        .setReason(cancellation.reason().orElse(null))
        .build();
  }
}
