package dev.heliograph.messaging;

/**
 * How transactional delivery's two lanes of queries, interactive and batch, share what may be in
 * flight. Interactive queries are asked first. Each lane leaves a quarter of the queries and of
 * their bytes to the other, so that neither starves: a flood of batch queries, however slow, finds
 * no place for itself in the last quarter, and while a flood of interactive ones lasts, batch
 * queries are taken up to a quarter. With one lane only, it may take all. Belongs to the loop
 * thread.
 */
final class Lanes {
  private final MessagingConfig config;
  private final Ledger ledger;
  private boolean interactiveWaits;

  Lanes(MessagingConfig config, Ledger ledger) {
    this.config = config;
    this.ledger = ledger;
  }

  /** Tells whether the last poll brought interactive queries, or left some at the broker. */
  void polled(boolean interactive) {
    interactiveWaits = interactive;
  }

  /** Whether the next poll may bring records of this topic: there is room for all it can bring. */
  boolean isOpen(String topic) {
    if (config.topics().interactive().isEmpty()) {
      return hasRoom();
    }
    return hasRoom() && leavesRoom(topic) && (isInteractive(topic) || isBatchsTurn(topic));
  }

  /** Whether no poll may bring any record. */
  boolean isFull() {
    return config.topics().consumed().stream().noneMatch(this::isOpen);
  }

  boolean isInteractive(String topic) {
    return config.topics().interactive().filter(topic::equals).isPresent();
  }

  private boolean hasRoom() {
    return ledger.size() + config.maxPollRecords() <= config.maxInFlightQueries()
        && ledger.bytes() < config.maxInFlightBytes();
  }

  private boolean leavesRoom(String topic) {
    Ledger.Load lane = ledger.load(topic);
    return lane.queries() + config.maxPollRecords()
            <= config.maxInFlightQueries() - config.laneReserve()
        && lane.bytes() < config.maxInFlightBytes() - config.maxInFlightBytes() / 4;
  }

  private boolean isBatchsTurn(String topic) {
    return !interactiveWaits || ledger.load(topic).queries() < config.laneReserve();
  }
}
