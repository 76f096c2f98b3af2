package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

/** The backlog of each kind of group, against a broker. */
class BacklogIT extends BrokerFixture {

  @Test
  void aConsumerGroupsBacklogIsWhatItHasNotCommitted() {
    Backlog backlog = closeLater(Backlog.open(config, Backlog.Group.CONSUMER));
    assertEquals(0, backlog.measure());
    publish(ids(0, 7));
    assertEquals(7, backlog.measure());

    FakeAnswerer answerer = closeLater(new FakeAnswerer("q-3"::equals, TestQueries::completed));
    start(answerer);
    // What is done behind q-3 in its partition cannot be committed, so it still counts.
    awaitTrue(() -> backlog.measure() < 7);
    assertTrue(backlog.measure() >= 1);
    awaitTrue(() -> answerer.taken().contains("q-3"));
    answerer.release("q-3");
    awaitTrue(() -> backlog.measure() == 0);
  }

  @Test
  void aShareGroupsBacklogIsWhatItHasNotAcknowledged() throws Exception {
    readFromTheBeginning(config.group());
    publish(ids(0, 6));
    Backlog backlog = closeLater(Backlog.open(config, Backlog.Group.SHARE));
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers", config.bootstrapServers(),
            "group.id", config.group(),
            "share.acknowledgement.mode", "implicit");
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (var consumer = new KafkaShareConsumer<>(properties, bytes, bytes)) {
      consumer.subscribe(List.of(config.topics().queries()));
      int taken = 0;
      while (taken < 6) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          assertTrue(new String(record.key(), UTF_8).startsWith("q-"));
          taken++;
        }
      }
      // Taken is not acknowledged: the last poll's records are still in the backlog.
      assertTrue(backlog.measure() >= 1);
      consumer.commitSync();
    }
    awaitTrue(() -> backlog.measure() == 0);
    publish(ids(6, 9));
    awaitTrue(() -> backlog.measure() == 3);
  }

  @Test
  void aTopicThatIsNotThereIsNamed() {
    MessagingConfig elsewhere =
        config(
            Topics.of("nowhere.query", "nowhere.completion"),
            "nobody",
            MessagingConfig.GroupProtocol.CLASSIC,
            4);
    Backlog backlog = closeLater(Backlog.open(elsewhere, Backlog.Group.CONSUMER));
    var e = assertThrows(MessagingException.class, backlog::measure);
    assertTrue(
        e.getMessage().startsWith("the backlog of nowhere.query cannot be read"), e::toString);
  }

  private void readFromTheBeginning(String group) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", config.bootstrapServers()))) {
      ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
      AlterConfigOp earliest =
          new AlterConfigOp(
              new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET);
      admin.incrementalAlterConfigs(Map.of(resource, List.of(earliest))).all().get();
    }
  }
}
