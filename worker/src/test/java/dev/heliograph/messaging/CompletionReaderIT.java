package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.codec.Framing;
import dev.heliograph.events.codec.SchemaIdResolver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class CompletionReaderIT extends BrokerFixture {

  @Test
  void awaitsTheCompletionsOfItsQueriesAndNoOthers() {
    FakeAnswerer answerer = closeLater(new FakeAnswerer());
    start(answerer);
    publish(ids(0, 5));
    awaitExactlyOneCompletionEach(ids(0, 5));

    try (CompletionReader reader = new CompletionReader(config, NO_REGISTRY)) {
      publish(ids(5, 15));
      try (var producer = new KafkaClients(config).producer()) {
        byte[] garbage = {1, 2, 3};
        producer.send(
            new ProducerRecord<>(config.topics().completions(), "q-5".getBytes(UTF_8), garbage));
      }
      List<QueryCompletion> arrived = new ArrayList<>();
      var completions = reader.await(ids(5, 12), PATIENCE, arrived::add);
      assertEquals(Set.copyOf(ids(5, 12)), completions.keySet());
      assertEquals(List.copyOf(completions.values()), arrived);
      arrived.forEach(completion -> assertEquals(Outcome.COMPLETED, completion.getOutcome()));
    }
  }

  @Test
  void returnsWhatCameInTime() {
    FakeAnswerer answerer =
        closeLater(new FakeAnswerer(id -> id.equals("q-1"), TestQueries::completed));
    start(answerer);
    try (CompletionReader reader = new CompletionReader(config, NO_REGISTRY)) {
      publish(ids(0, 1));
      assertEquals(Set.of("q-0"), reader.await(ids(0, 1), PATIENCE).keySet());
      publish(ids(1, 2));
      assertEquals(Map.of(), reader.await(ids(1, 2), Duration.ofMillis(300)));
      assertEquals(Map.of(), reader.await(List.of(), PATIENCE));
      answerer.releaseAll();
      assertEquals(Set.of("q-1"), reader.await(ids(1, 2), PATIENCE).keySet());
    }
  }

  @Test
  void bothFramingsTravelSideBySide() {
    SchemaIdResolver registry =
        SchemaIdResolver.fixed(
            Map.of(
                1,
                dev.heliograph.events.QueryRequested.getClassSchema(),
                2,
                QueryCompletion.getClassSchema()));
    FakeAnswerer answerer = closeLater(new FakeAnswerer());
    MessagingConfig confluent = withFraming(Framing.CONFLUENT);
    try (Delivery delivery =
            Delivery.start(
                Delivery.Kind.TRANSACTIONAL,
                confluent,
                registry,
                answerer,
                OutcomeRecorder.NONE,
                progress -> {},
                java.time.Clock.systemUTC());
        CompletionReader reader = new CompletionReader(confluent, registry);
        QueryPublisher publisher = new QueryPublisher(confluent, registry)) {
      publish(ids(0, 1));
      publisher.publish(TestQueries.query("q-1")).join();
      assertEquals(Set.of("q-0", "q-1"), reader.await(ids(0, 2), PATIENCE).keySet());
      committed(config.topics().completions())
          .forEach(completion -> assertEquals(0, completion.value()[0]));
      delivery.stop();
      assertEndedWell(delivery);
    }
  }

  private MessagingConfig withFraming(Framing framing) {
    return config.toBuilder().framing(framing).build();
  }
}
