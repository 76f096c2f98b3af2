package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.messaging.DeliveryProgress;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WorkerMetricsTest {
  private static final List<String> OUTCOMES =
      List.of("completed", "failed", "expired", "cancelled");

  private final AtomicReference<DeliveryProgress> progress =
      new AtomicReference<>(DeliveryProgress.none(Instant.EPOCH));

  @Test
  void everyCounterIsThereFromTheStartAtZero() {
    try (WorkerMetrics metrics = new WorkerMetrics(progress::get)) {
      String text = metrics.scrape();
      OUTCOMES.forEach(o -> assertEquals(0, value(text, outcome(o)), o));
      for (String name :
          List.of(
              "messaging_client_consumed_messages_total",
              "heliograph_malformed_total",
              "heliograph_abandoned_total",
              "heliograph_dead_letters_total",
              "heliograph_transactions_total",
              "heliograph_transaction_aborts_total",
              "heliograph_failures_total{code=\"INTERNAL\"}",
              "heliograph_failures_total{code=\"STORE_REFUSED\"}",
              "heliograph_warnings_total{code=\"CANDIDATE_NOT_FOUND\"}",
              "heliograph_in_flight",
              "heliograph_in_flight_bytes",
              "heliograph_paused")) {
        assertEquals(0, value(text, name), name);
      }
    }
  }

  @Test
  void whatWasReceivedIsAccountedFor() {
    progress.set(
        new DeliveryProgress(
            Instant.EPOCH,
            true,
            7,
            700,
            1 + 2 + 4 + 8 + 16 + 32 + 128 + 256 + 7,
            1,
            2,
            4,
            8,
            16,
            32,
            128,
            256,
            5,
            17,
            64,
            3));
    try (WorkerMetrics metrics = new WorkerMetrics(progress::get)) {
      String text = metrics.scrape();
      assertEquals(
          value(text, "messaging_client_consumed_messages_total"),
          OUTCOMES.stream().mapToDouble(o -> value(text, outcome(o))).sum()
              + value(text, "heliograph_malformed_total")
              + value(text, "heliograph_abandoned_total")
              + value(text, "heliograph_released_total")
              + value(text, "heliograph_duplicates_total")
              + value(text, "heliograph_in_flight"));
      assertEquals(17, value(text, "heliograph_dead_letters_total"));
      assertEquals(64, value(text, "heliograph_transactions_total"));
      assertEquals(3, value(text, "heliograph_transaction_aborts_total"));
      assertEquals(1, value(text, "heliograph_paused"));
    }
  }

  private static String outcome(String outcome) {
    return "heliograph_queries_total{outcome=\"" + outcome + "\"}";
  }

  private static double value(String text, String name) {
    return text.lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not in\n" + text));
  }
}
