package dev.heliograph.messaging;

/** Hears how a delivery gets on: for health and metrics. */
@FunctionalInterface
public interface DeliveryListener {
  /** Called by the loop thread after each turn, many times a second; must return at once. */
  void progressed(DeliveryProgress progress);
}
