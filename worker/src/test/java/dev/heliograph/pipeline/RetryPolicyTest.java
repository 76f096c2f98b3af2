package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void namesTheFieldAndTheValue() {
    assertRejected("maxAttempts: 0 is below 1", 0, SECOND, SECOND, SECOND);
    assertRejected(
        "baseDelay PT1S and maxDelay PT0.5S are not in order",
        1,
        SECOND,
        Duration.ofMillis(500),
        SECOND);
    assertRejected(
        "outagePatience: PT-1S is below PT0S", 1, SECOND, SECOND, Duration.ofSeconds(-1));
  }

  /** Else a store that refuses connections would be asked as fast as the processor can. */
  @Test
  void anOutageIsNotWaitedOutWithoutPauses() {
    assertRejected(
        "baseDelay: PT0S leaves no pause between the tries of an outage",
        1,
        Duration.ZERO,
        SECOND,
        SECOND);
    new RetryPolicy(1, Duration.ZERO, SECOND, Duration.ZERO);
  }

  private static void assertRejected(
      String message, int attempts, Duration base, Duration max, Duration patience) {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> new RetryPolicy(attempts, base, max, patience));
    assertEquals(message, e.getMessage());
  }
}
