package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heliograph.app.config.SettingException;
import dev.heliograph.app.config.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkerConfigTest {

  @Test
  void whatADeliveryHasNoUseForIsRefusedBeforeTheWorkerStarts() {
    Map<String, String> session = Map.of("kafka.property.session.timeout.ms", "6000");
    assertEquals("6000", of(session).messaging().clientProperties().get("session.timeout.ms"));

    Map<String, String> queue = new HashMap<>(session);
    queue.put("delivery", "queue");
    assertRefused(
        "kafka.*: clientProperties: session.timeout.ms: \"6000\" cannot be set for share groups:"
            + " the broker decides it: group.share.session.timeout.ms",
        queue);

    Map<String, String> byTheBroker = new HashMap<>(session);
    byTheBroker.put("kafka.group-protocol", "consumer");
    assertRefused(
        "kafka.*: clientProperties: session.timeout.ms: \"6000\" cannot be set for the group"
            + " protocol consumer: the broker decides it: group.consumer.session.timeout.ms",
        byTheBroker);
  }

  private static void assertRefused(String message, Map<String, String> flags) {
    assertEquals(message, assertThrows(SettingException.class, () -> of(flags)).getMessage());
  }

  private static WorkerConfig of(Map<String, String> flags) {
    Map<String, String> environment =
        Map.of(
            "HELIOGRAPH_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
            "HELIOGRAPH_MODEL_PATH", "model",
            "HELIOGRAPH_STORE_ENDPOINT", "http://127.0.0.1:1",
            "HELIOGRAPH_STORE_BUCKET", "artifacts",
            "HELIOGRAPH_STORE_ACCESS_KEY", "key",
            "HELIOGRAPH_STORE_SECRET_KEY", "secret");
    return WorkerConfig.of(Settings.of(Optional.empty(), environment, flags));
  }
}
