package dev.heliograph.app.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.Framing;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.messaging.DeadLetter;
import dev.heliograph.messaging.DeadLetters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A topic of which one record in twenty is bad, in every way that there is. */
class PoisonIT {
  private static final int WORKERS = 2;
  private static final int MALFORMED = FaultSize.of(8, 60);
  private static final int GOOD_PER_BAD = 19;

  /** Two bytes of marker, eight of the schema's fingerprint. */
  private static final int SINGLE_OBJECT_HEADER = 10;

  private static final EventEncoder<QueryRequested> ENCODER =
      EventEncoder.of(QueryRequested.class, Framing.SINGLE_OBJECT, SchemaIdResolver.none());

  @TempDir private Path folder;

  /** Records by key, so that a dead letter is found by its own. */
  private final Map<String, byte[]> malformed = new TreeMap<>();

  private final Map<String, byte[]> records = new TreeMap<>();

  @Test
  void goodQueriesCompleteAndBadOnesFailWithTheirCode() throws Exception {
    try (WorkerFixture fixture = WorkerFixture.start(folder);
        FaultBench bench = FaultBench.around(folder, fixture, Map.of())) {
      BadQueries bad = new BadQueries(fixture);
      Random random = new Random(FaultSize.SEED);
      addMalformed(bench.queries("malformed", MALFORMED), random);
      bad.events().forEach((id, event) -> records.put(id, ENCODER.encode(event)));
      records.putAll(malformed);
      Set<String> good = new TreeSet<>();
      for (QueryRequested event : bench.queries("good", GOOD_PER_BAD * records.size())) {
        good.add(event.getQueryId());
        records.put(event.getQueryId(), ENCODER.encode(event));
      }
      publishShuffled(fixture, random);
      Set<String> answered = new TreeSet<>(good);
      answered.addAll(bad.codes().keySet());

      bench.fleet().scaleTo(WORKERS);
      bench.run(new FaultSchedule(), () -> bench.completions().answered() >= answered.size());
      bench.stop();

      bench.assertAllAnswered(answered);
      bench.assertNoDuplicates();
      bench.assertFilesAreAsStated();
      assertCodes(bench, good, bad.codes());
      assertDeadLetters(fixture);
    }
  }

  /** Bytes of no event, cut and damaged events, events of a schema that nobody knows. */
  private void addMalformed(List<QueryRequested> events, Random random) {
    for (int i = 0; i < events.size(); i++) {
      byte[] sound = ENCODER.encode(events.get(i));
      byte[] value =
          switch (i % 4) {
            case 0 -> randomBytes(random);
            case 1 -> Arrays.copyOf(sound, random.nextInt(sound.length));
            case 2 -> unknownFingerprint(sound, random);
            default -> new byte[0];
          };
      malformed.put("malformed-" + i, value);
    }
  }

  private static byte[] randomBytes(Random random) {
    byte[] bytes = new byte[1 + random.nextInt(2000)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] unknownFingerprint(byte[] sound, Random random) {
    byte[] bytes = sound.clone();
    for (int i = 2; i < SINGLE_OBJECT_HEADER; i++) {
      bytes[i] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  private void publishShuffled(WorkerFixture fixture, Random random) {
    List<String> keys = new ArrayList<>(records.keySet());
    Collections.shuffle(keys, random);
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", fixture.messaging().bootstrapServers());
    config.put("max.request.size", 16 << 20);
    ByteArraySerializer bytes = new ByteArraySerializer();
    String topic = fixture.messaging().topics().queries();
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config, bytes, bytes)) {
      keys.stream()
          .map(
              key ->
                  producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), records.get(key))))
          .toList()
          .forEach(
              sent -> {
                try {
                  sent.get();
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              });
    }
  }

  private static void assertCodes(FaultBench bench, Set<String> good, Map<String, String> codes) {
    Map<String, String> expected = new TreeMap<>(codes);
    good.forEach(id -> expected.put(id, Outcome.COMPLETED.toString()));
    Map<String, String> found = new TreeMap<>();
    for (QueryCompletion completion : bench.completions().first()) {
      found.put(
          completion.getQueryId(),
          completion.getFailure() == null
              ? completion.getOutcome().toString()
              : completion.getFailure().getCode());
    }
    assertEquals(expected, found);
  }

  /** As many as there are malformed records, each with the bytes that were sent. */
  private void assertDeadLetters(WorkerFixture fixture) {
    HexFormat hex = HexFormat.of();
    Map<String, String> expected = new TreeMap<>();
    malformed.forEach((key, value) -> expected.put(key, "MALFORMED_EVENT " + hex.formatHex(value)));
    Map<String, String> found = new TreeMap<>();
    List<DeadLetter> letters =
        new DeadLetters(fixture.messaging(), SchemaIdResolver.none())
            .list(letter -> true, Integer.MAX_VALUE);
    letters.forEach(
        letter -> found.put(letter.keyText(), letter.code().orElse("") + " " + letter.valueHex()));
    assertEquals(expected, found);
    assertEquals(malformed.size(), letters.size());
  }
}
