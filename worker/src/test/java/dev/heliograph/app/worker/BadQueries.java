package dev.heliograph.app.worker;

import static dev.heliograph.app.worker.WorkerFixture.MAX_REFERENCE_BYTES;
import static dev.heliograph.app.worker.WorkerFixture.picture;
import static dev.heliograph.app.worker.WorkerFixture.query;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.demo.picture.Jpeg;
import dev.heliograph.events.ImageLocation;
import dev.heliograph.events.InlineImage;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.messaging.DeadLetter;
import dev.heliograph.messaging.DeadLetters;
import dev.heliograph.messaging.QueryEvents;
import dev.heliograph.testing.Golden;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** One query for each thing that a sender can get wrong, and the code it must fail with. */
final class BadQueries {
  private final WorkerFixture fixture;
  private final Map<String, QueryRequested> events = new LinkedHashMap<>();
  private final Map<String, String> codes = new LinkedHashMap<>();
  private final List<String> neighbours = new ArrayList<>();

  BadQueries(WorkerFixture fixture) {
    this.fixture = fixture;
    fields();
    places();
    images();
  }

  private void fields() {
    add("no-caption", "INVALID_QUERY", event -> event.setCaptions(List.of()));
    add("empty-caption", "INVALID_QUERY", event -> event.setCaptions(List.of("")));
    add("three-captions", "INVALID_QUERY", event -> event.setCaptions(List.of("a", "b", "c")));
    add("long-caption", "INVALID_QUERY", event -> event.setCaptions(List.of("red ".repeat(100))));
    add("top-0", "INVALID_QUERY", event -> event.setTopK(0));
    add("top-26", "INVALID_QUERY", event -> event.setTopK(WorkerFixture.GALLERY_SIZE + 1));
    add("top-2000", "INVALID_QUERY", event -> event.setTopK(2000));
    add("unknown-gallery", "GALLERY_UNKNOWN", event -> event.setGallery("nowhere"));
    add("unknown-version", "GALLERY_UNKNOWN", event -> event.setGallery("scenes@20200101"));
    add("late", "DEADLINE_EXCEEDED", event -> event.setDeadline(Instant.now().minusSeconds(1)));
  }

  private void places() {
    at("missing", "REFERENCE_NOT_FOUND", "s3://artifacts/references/missing.jpg");
    at("other-prefix", "REFERENCE_FORBIDDEN", "s3://artifacts/private/a.jpg");
    at("other-bucket", "REFERENCE_FORBIDDEN", "s3://elsewhere/references/a.jpg");
    at("file", "REFERENCE_FORBIDDEN", "file:///etc/passwd");
    at("http", "REFERENCE_FORBIDDEN", "http://127.0.0.1:9/a.jpg");
    at("no-uri", "INVALID_QUERY", "s3://not a uri");
  }

  private void images() {
    image("truncated", "REFERENCE_UNREADABLE", Golden.bytes("images-bad/truncated.jpg"));
    image("text", "REFERENCE_UNREADABLE", Golden.bytes("images-bad/text.jpg"));
    image("zero-bytes", "REFERENCE_UNREADABLE", new byte[0]);
    image("bomb", "REFERENCE_TOO_LARGE", Golden.bytes("images-bad/bomb-60000x60000.png"));
    image("bytes", "REFERENCE_TOO_LARGE", new byte[MAX_REFERENCE_BYTES + 1]);
    inline("inline-text", "REFERENCE_UNREADABLE", Golden.bytes("images-bad/text.jpg"));
    inline("inline-bomb", "REFERENCE_TOO_LARGE", Golden.bytes("images-bad/bomb-60000x60000.png"));
    inline("inline-empty", "INVALID_QUERY", new byte[0]);
    URI stored = fixture.putReference("good.jpg", picture(7));
    add(
        "digest",
        "REFERENCE_UNREADABLE",
        event -> event.setReference(new ImageLocation(stored.toString(), "0".repeat(64))));
  }

  private void image(String id, String code, byte[] bytes) {
    at(id, code, fixture.putReference(id + ".jpg", bytes).toString());
  }

  private void inline(String id, String code, byte[] bytes) {
    add(
        id,
        code,
        event -> event.setReference(new InlineImage(ByteBuffer.wrap(bytes), Jpeg.MEDIA_TYPE)));
  }

  private void at(String id, String code, String uri) {
    add(id, code, event -> event.setReference(new ImageLocation(uri, null)));
  }

  private void add(String id, String code, Consumer<QueryRequested> fault) {
    QueryRequested event = QueryEvents.toEvent(query(id).build());
    fault.accept(event);
    events.put(id, event);
    codes.put(id, code);
  }

  /** The code that each must fail with. */
  Map<String, String> codes() {
    return codes;
  }

  /** The bad events, by query id. */
  Map<String, QueryRequested> events() {
    return events;
  }

  /** Ids of the good queries among them. */
  List<String> neighbours() {
    return neighbours;
  }

  /** The bad events, and a good one after every other. */
  List<QueryRequested> withGoodNeighbours() {
    List<QueryRequested> mixed = new ArrayList<>();
    for (QueryRequested event : events.values()) {
      mixed.add(event);
      if (mixed.size() % 3 == 2) {
        String id = "neighbour-" + neighbours.size();
        mixed.add(QueryEvents.toEvent(query(id).build()));
        neighbours.add(id);
      }
    }
    return mixed;
  }

  /** Publishes a record that is no event. */
  void publishRaw(String key, byte[] value) {
    Map<String, Object> config =
        Map.of("bootstrap.servers", fixture.messaging().bootstrapServers());
    ByteArraySerializer bytes = new ByteArraySerializer();
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config, bytes, bytes)) {
      String topic = fixture.messaging().topics().queries();
      producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value)).get();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The value of the one dead letter with this key and code. */
  byte[] deadLetter(String key, String code) {
    List<DeadLetter> found =
        new DeadLetters(fixture.messaging(), SchemaIdResolver.none())
            .list(letter -> letter.keyText().equals(key), 10);
    if (found.size() != 1 || !found.get(0).code().orElse("").equals(code)) {
      throw new AssertionError(key + " has no single dead letter " + code + ": " + found);
    }
    return found.get(0).value();
  }
}
