package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.heliograph.app.config.Setting;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.Framing;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryHeader;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.message.MessageReader;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;

/** The AsyncAPI document says what the code does. */
class AsyncApiTest {
  private static final Path SCHEMAS = Path.of("../schemas");
  private static final JsonNode API = read();

  private final MessagingConfig config = MessagingConfig.of("127.0.0.1:9092");
  private final Publications publications =
      new Publications(
          config,
          EventEncoder.of(QueryCompletion.class, Framing.SINGLE_OBJECT, SchemaIdResolver.none()));

  private static JsonNode read() {
    try {
      return new ObjectMapper(new YAMLFactory())
          .readTree(SCHEMAS.resolve("asyncapi.yaml").toFile());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    List<String> references = API.findValuesAsText("$ref");
    assertTrue(references.size() > 20, references::toString);
    for (String reference : references) {
      if (reference.startsWith("#")) {
        assertFalse(API.at(reference.substring(1)).isMissingNode(), reference);
      } else {
        assertTrue(Files.isRegularFile(SCHEMAS.resolve(reference)), reference);
      }
    }
  }

  @Test
  void topicsHaveTheirDefaultNames() {
    Topics topics = Topics.DEFAULT;
    assertEquals(topics.queries(), address("queries"));
    assertEquals(topics.completions(), address("completions"));
    assertEquals(topics.deadLetters(), address("deadLetters"));
    assertEquals(Setting.KAFKA_CANCEL_TOPIC.defaultValue(), address("cancellations"));
    assertTrue(Setting.KAFKA_STATUS_TOPIC.description().contains(address("status")));
    assertEquals(6, API.get("channels").size());
    assertEquals("takeQueries", API.get("operations").fieldNames().next());
  }

  private static String address(String channel) {
    return API.at("/channels/" + channel + "/address").asText();
  }

  /** Each schema file is one message's payload, and has the fields of the class that is encoded. */
  @Test
  void everyEventIsDescribedByItsSchema() throws IOException {
    Set<String> described = new HashSet<>();
    for (JsonNode message : API.at("/components/messages")) {
      JsonNode file = message.at("/payload/schema/$ref");
      if (file.isMissingNode()) {
        continue;
      }
      Schema schema = new Schema.Parser().parse(SCHEMAS.resolve(file.asText()).toFile());
      described.add(Path.of(file.asText()).getFileName().toString());
      assertEquals(schema.getFullName(), message.get("name").asText());
      assertEquals(
          SchemaNormalization.toParsingForm(SpecificData.get().getSchema(type(schema))),
          SchemaNormalization.toParsingForm(schema));
      assertEquals(
          "application/vnd.apache.avro;version=1.9.0",
          message.at("/payload/schemaFormat").asText());
    }
    try (Stream<Path> files = Files.list(SCHEMAS.resolve("src/main/avro"))) {
      assertEquals(
          files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()), described);
    }
  }

  private static Class<?> type(Schema schema) {
    try {
      return Class.forName(schema.getFullName());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void eventsHaveTheHeadersThatItLists() {
    ProducerRecord<byte[], byte[]> completion = publication().completion().orElseThrow();
    assertHeaders("/components/schemas/cloudEventHeaders", completion.headers());
  }

  @Test
  void deadLettersHaveTheHeadersThatItLists() {
    ProducerRecord<byte[], byte[]> letter = publication().deadLetter().orElseThrow();
    Headers own = DeadLetterHeaders.ownOnly(letter.headers());
    assertHeaders("/components/messages/DeadLetter/headers", own);
  }

  /** All that are required, and none that it does not know. */
  private static void assertHeaders(String pointer, Headers headers) {
    Set<String> found =
        Stream.of(headers.toArray())
            .map(Header::key)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> required = new TreeSet<>();
    API.at(pointer).get("required").forEach(name -> required.add(name.asText()));
    Set<String> known = new TreeSet<>();
    API.at(pointer).get("properties").fieldNames().forEachRemaining(known::add);
    assertTrue(found.containsAll(required), () -> found + " lack some of " + required);
    assertTrue(known.containsAll(found), () -> found + " are more than " + known);
    assertTrue(known.containsAll(required));
  }

  /** By CloudEvents' own library, as other systems read them. */
  @Test
  void aCompletionIsACloudEvent() throws Exception {
    ProducerRecord<byte[], byte[]> sent = publication().completion().orElseThrow();
    ConsumerRecord<byte[], byte[]> received =
        new ConsumerRecord<>(sent.topic(), 0, 0, sent.key(), sent.value());
    sent.headers().forEach(header -> received.headers().add(header));
    MessageReader reader = KafkaMessageFactory.createReader(received);
    CloudEvent event = reader.toEvent();
    assertEquals("1.0", event.getSpecVersion().toString());
    assertEquals("q-1/completion", event.getId());
    assertEquals("/heliograph", event.getSource().toString());
    assertEquals("dev.heliograph.events.QueryCompletion", event.getType());
    assertEquals("q-1", event.getSubject());
    assertEquals("application/avro", event.getDataContentType());
    assertEquals(Instant.parse("2026-11-24T09:00:02Z"), event.getTime().toInstant());
    assertArrayEquals(sent.value(), event.getData().toBytes());
  }

  /** A failure that is not the query's own: it has a completion and a dead letter. */
  private Publication publication() {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("cir.query.v1", 0, 7, "q-1".getBytes(UTF_8), new byte[] {1});
    record
        .headers()
        .add(
            "traceparent",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".getBytes(UTF_8));
    QueryHeader header =
        new QueryHeader("q-1", Instant.parse("2026-11-24T09:00:00Z"), java.util.Map.of());
    return publications.of(
        record,
        new dev.heliograph.query.QueryOutcome.Failed(
            header,
            new dev.heliograph.query.Failure(FailureCode.STORE_UNAVAILABLE, "gone", 6),
            java.util.Optional.empty(),
            Instant.parse("2026-11-24T09:00:01Z"),
            Instant.parse("2026-11-24T09:00:02Z")),
        java.util.Optional.empty());
  }
}
