package dev.heliograph.app.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.app.Main;
import dev.heliograph.app.audit.SealerConfig;
import dev.heliograph.app.audit.SealerService;
import dev.heliograph.app.config.Settings;
import dev.heliograph.app.embedded.EmbeddedBroker;
import dev.heliograph.app.embedded.EmbeddedObjectStore;
import dev.heliograph.audit.FolderLogStore;
import dev.heliograph.audit.KeyGenerator;
import dev.heliograph.audit.LogVerifier;
import dev.heliograph.audit.LogView;
import dev.heliograph.audit.NoteVerifier;
import dev.heliograph.audit.SealerConflictException;
import dev.heliograph.audit.Verdict;
import dev.heliograph.audit.VerificationReport;
import dev.heliograph.store.S3Config;
import dev.heliograph.store.S3Connection;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sealers of one log by mistake, on a real topic and a real bucket, while records arrive: one
 * is a process that is killed in the middle of its work.
 */
class SealerIT {
  private static final String TOPIC = "cir.attestation.v1";
  private static final String LOG = "audit-log";
  private static final String NAME = "heliograph";
  private static final int BATCH = 40;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir private Path folder;
  private EmbeddedBroker broker;
  private EmbeddedObjectStore store;
  private Map<String, String> flags;
  private LogView log;
  private int published;

  @BeforeEach
  void start() throws IOException {
    broker = EmbeddedBroker.start();
    EmbeddedBroker.createTopics(broker.bootstrapServers(), 4, Map.of(), TOPIC);
    store = EmbeddedObjectStore.inFolder(folder.resolve("objects"));
    S3Config s3 = store.config(LOG);
    try (S3Connection connection = S3Connection.open(s3)) {
      connection.createBucketIfAbsent(LOG);
    }
    Path key = folder.resolve("log.pem");
    log =
        new LogView(
            new FolderLogStore(folder.resolve("objects").resolve(LOG)),
            List.of(new NoteVerifier(NAME, KeyGenerator.generate(key))));
    flags = flags(s3, key);
  }

  private Map<String, String> flags(S3Config s3, Path key) {
    Map<String, String> all = new HashMap<>();
    all.put("kafka.bootstrap-servers", broker.bootstrapServers());
    // the broker waits so long for a sealer that was killed
    all.put("kafka.property.session.timeout.ms", "6000");
    all.put("kafka.property.heartbeat.interval.ms", "1500");
    all.put("store.endpoint", s3.endpoint().toString());
    all.put("store.bucket", LOG);
    all.put("store.access-key", s3.accessKey());
    all.put("store.secret-key", s3.secretKey());
    all.put("audit.log", LOG);
    all.put("audit.log-name", NAME);
    all.put("audit.log-key-file", key.toString());
    all.put("sealer.interval", "PT0.05S");
    all.put("http.host", "127.0.0.1");
    all.put("http.port", "0");
    return all;
  }

  @AfterEach
  void stop() {
    store.close();
    broker.close();
  }

  @Test
  void twoOfThemAndOneKilledForkNothingAndSealEachRecordOnce() throws Exception {
    List<byte[]> seen = new ArrayList<>();
    Process process = startProcess("killed");
    Sealers here = new Sealers();
    try (here) {
      publish();
      awaitSealed(1, here);
      for (int round = 0; round < 6; round++) {
        publish();
        here.keepRunning();
        seen.add(Files.readAllBytes(checkpoint()));
        if (round == 2) {
          process.destroyForcibly().waitFor();
          process = startProcess("again");
        }
      }
      awaitSealed(published, here);
    } finally {
      process.destroyForcibly();
    }
    assertOnceEach();
    for (byte[] earlier : seen) {
      VerificationReport report =
          new LogVerifier(log).verify(Optional.of(earlier), Optional.empty());
      assertEquals(Verdict.VERIFIED, report.verdict(), report::toString);
    }
  }

  @Test
  void aSealerThatIsToldToStopFinishesAndExitsWell() throws Exception {
    Process sealer = startProcess("told");
    try {
      publish();
      awaitSealed(published, new Sealers());
      sealer.destroy();
      assertTrue(sealer.waitFor(60, TimeUnit.SECONDS), "still running");
      assertEquals(0, sealer.exitValue(), () -> printed("told"));
      assertTrue(printed("told").contains("Stopped"), () -> printed("told"));
      assertOnceEach();
    } finally {
      sealer.destroyForcibly();
    }
  }

  @Test
  void tellsWhatTheAlertsAskFor() throws Exception {
    publish();
    Sealers here = new Sealers();
    try (here) {
      here.keepRunning();
      awaitSealed(published, here);
      SealerService sealer = here.running.orElseThrow();
      await().atMost(PATIENCE).until(() -> sealer.sealed() == published);
      URI address = URI.create("http://127.0.0.1:" + sealer.healthPort() + "/metrics");
      String metrics = new String(WorkerFixture.get(address).body(), UTF_8);
      assertTrue(metrics.contains("\nheliograph_sealer_log_entries " + published + "\n"), metrics);
      String alerts = Files.readString(Path.of("../infra/observability/alerts.yml"));
      Set<String> asked =
          Pattern.compile("heliograph_sealer_\\w+")
              .matcher(alerts)
              .results()
              .map(MatchResult::group)
              .collect(Collectors.toSet());
      assertEquals(Set.of("heliograph_sealer_log_entries"), asked);
    }
  }

  /** One in this process, started again as an orchestrator would if it met the other. */
  private final class Sealers implements AutoCloseable {
    private Optional<SealerService> running = Optional.empty();

    void keepRunning() throws IOException {
      if (running.filter(SealerService::isRunning).isPresent()) {
        return;
      }
      close();
      running =
          Optional.of(
              SealerService.start(SealerConfig.of(Settings.of(Optional.empty(), Map.of(), flags))));
    }

    @Override
    public void close() {
      running.ifPresent(
          sealer -> {
            sealer.close();
            sealer
                .failure()
                .ifPresent(e -> assertEquals(SealerConflictException.class, e.getClass()));
          });
    }
  }

  private Process startProcess(String name) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("sealer"));
    flags.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
    return JavaProcess.start(
        List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"),
        Main.class,
        arguments,
        Map.of(),
        folder.resolve(name));
  }

  private String printed(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Records like those of a worker, some of them twice. */
  private void publish() {
    Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrapServers());
    ByteArraySerializer bytes = new ByteArraySerializer();
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config, bytes, bytes)) {
      for (int i = 0; i < BATCH; i++) {
        ProducerRecord<byte[], byte[]> event = event(published++);
        producer.send(event);
        if (i % 10 == 0) {
          producer.send(event);
        }
      }
    }
  }

  private static ProducerRecord<byte[], byte[]> event(int number) {
    String id = id(number);
    ProducerRecord<byte[], byte[]> event =
        new ProducerRecord<>(TOPIC, id.getBytes(UTF_8), ("record of " + id).getBytes(UTF_8));
    event.headers().add("ce_dataref", ("s3://artifacts/" + id).getBytes(UTF_8));
    return event;
  }

  private static String id(int number) {
    return "query-%04d".formatted(number);
  }

  private Path checkpoint() {
    return folder.resolve("objects").resolve(LOG).resolve("checkpoint");
  }

  private void awaitSealed(int entries, Sealers here) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              if (here.running.isPresent()) {
                here.keepRunning();
              }
              return Files.exists(checkpoint()) && log.checkpoint().orElseThrow().size() >= entries;
            });
  }

  private void assertOnceEach() throws IOException {
    assertEquals(published, log.checkpoint().orElseThrow().size());
    for (int number = 0; number < published; number++) {
      assertEquals(1, log.records(id(number)).size(), id(number));
    }
    VerificationReport whole = new LogVerifier(log).verify(Optional.empty(), Optional.empty());
    assertEquals(Verdict.VERIFIED, whole.verdict(), whole::toString);
  }
}
