package dev.heliograph.messaging;

/** What a {@link DeliveryThread} runs. */
interface DeliveryLoop {
  /** Runs until stopped, and then to an orderly end; owns and closes its Kafka clients. */
  void run() throws Exception;

  /** Asks the loop to end; returns at once. Thread-safe. */
  void stop();

  /** Asks a loop that was told to end to wait for nothing in work; returns at once. Thread-safe. */
  void hurry();

  /** As of the last turn. Thread-safe. */
  DeliveryProgress progress();
}
