package dev.heliograph.app.worker;

import static dev.heliograph.app.worker.WorkerFixture.query;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import dev.heliograph.app.command.HeliographCommand;
import dev.heliograph.app.config.Settings;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.messaging.CompletionReader;
import dev.heliograph.messaging.MessagingConfig;
import dev.heliograph.messaging.QueryPublisher;
import dev.heliograph.messaging.Topics;
import dev.heliograph.query.Query;
import dev.heliograph.testing.SecureBroker;
import dev.heliograph.testing.TestCertificate;
import dev.heliograph.testing.TestRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * A worker whose every dependency asks who it is: Kafka over TLS with SCRAM, a store and a schema
 * registry with keys. It answers, and tells none of its secrets.
 */
class SecureWorkerIT {
  private static final String KAFKA_PASSWORD = "kafka-s3cret-1f9d";
  private static final String REGISTRY_PASSWORD = "registry-s3cret-77ab";

  @TempDir private static Path folder;
  private static WorkerFixture fixture;
  private static SecureBroker broker;
  private static TestRegistry registry;

  @BeforeAll
  static void start() throws Exception {
    fixture = WorkerFixture.start(folder);
    broker = SecureBroker.start(folder, TestCertificate.create(folder), KAFKA_PASSWORD);
    broker.createTopics(
        KAFKA_PASSWORD,
        Topics.DEFAULT.queries(),
        Topics.DEFAULT.completions(),
        Topics.DEFAULT.deadLetters(),
        Topics.DEFAULT.attestations());
    registry = TestRegistry.start("worker", REGISTRY_PASSWORD);
  }

  @AfterAll
  static void stop() {
    registry.close();
    broker.close();
    fixture.close();
  }

  private static Map<String, String> flags() {
    Map<String, String> flags = fixture.flags();
    flags.put("kafka.bootstrap-servers", broker.bootstrapServers());
    broker
        .clientProperties(KAFKA_PASSWORD)
        .forEach((key, value) -> flags.put("kafka.property." + key, value));
    flags.put("kafka.schema-registry", registry.address().toString());
    flags.put("kafka.schema-registry-user", "worker");
    flags.put("kafka.schema-registry-password", REGISTRY_PASSWORD);
    return flags;
  }

  private static List<String> secrets() {
    return List.of(
        KAFKA_PASSWORD,
        REGISTRY_PASSWORD,
        fixture.flags().get("store.secret-key"),
        "another-s3cret");
  }

  @Test
  void answersAndTellsNoSecret() throws Exception {
    Settings settings = Settings.of(Optional.empty(), Map.of(), flags());
    WorkerConfig config = WorkerConfig.of(settings);
    Captured told = Captured.fromNowOn();
    try (told;
        Worker worker = Worker.start(config)) {
      QueryCompletion completion = ask(settings, query("secure").build());
      assertEquals(Outcome.COMPLETED, completion.getOutcome());
      URI metrics = URI.create("http://127.0.0.1:" + worker.healthPort() + "/metrics");
      told.add(new String(WorkerFixture.get(metrics).body(), UTF_8));
    }
    told.add(config.toString());
    told.add(config.store().toString());
    told.add(config.store().credentials().toString());
    told.add(config.messaging().toString());
    told.add(config.schemaRegistry().toString());
    told.add(settings.toString());
    assertTrue(told.lines().size() > 100, "nothing was logged");
    assertNoSecret(told.lines());
    assertEquals(
        List.of("dev.heliograph.events.QueryCompletion", "dev.heliograph.events.QueryRequested"),
        registry.subjects().stream().sorted().toList());
  }

  private static QueryCompletion ask(Settings settings, Query query) {
    MessagingConfig messaging = WorkerConfig.messaging(settings);
    try (CompletionReader reader =
            new CompletionReader(messaging, WorkerConfig.schemaIds(settings));
        QueryPublisher publisher =
            new QueryPublisher(messaging, WorkerConfig.schemaIds(settings))) {
      publisher.publish(query).join();
      return reader.await(List.of(query.queryId()), WorkerFixture.PATIENCE).get(query.queryId());
    }
  }

  @Test
  void aClientWithoutThePasswordIsTurnedAway() {
    Map<String, String> flags = flags();
    flags.put(
        "kafka.property.sasl.jaas.config",
        flags.get("kafka.property.sasl.jaas.config").replace(KAFKA_PASSWORD, "guessed"));
    Settings settings = Settings.of(Optional.empty(), Map.of(), flags);
    RuntimeException e =
        assertThrows(
            RuntimeException.class,
            () ->
                new CompletionReader(
                    WorkerConfig.messaging(settings), WorkerConfig.schemaIds(settings)));
    assertTrue(e.getMessage().contains("uthentication failed"), e.getMessage());
    assertFalse(e.getMessage().contains("guessed"), e.getMessage());
  }

  /** Each dependency refuses in turn, and everything the command prints is looked at. */
  @Test
  void neitherErrorsNorStackTracesTellASecret() throws Exception {
    Path file = folder.resolve("worker.properties");
    for (Map<String, String> fault :
        List.of(
            Map.of("store.bucket", "no-such-bucket"),
            Map.of("store.secret-key", "another-s3cret"),
            Map.of("kafka.property.ssl.truststore.location", "/nowhere.pem"),
            Map.of("kafka.schema-registry-user", "stranger"),
            Map.of("model.path", folder.resolve("nowhere").toString()),
            Map.of("http.port", "many"))) {
      Map<String, String> flags = flags();
      flags.putAll(fault);
      Files.write(
          file,
          flags.entrySet().stream()
              .map(e -> e.getKey() + "=" + e.getValue().replace("\\", "\\\\"))
              .toList());
      StringWriter printed = new StringWriter();
      CommandLine command = HeliographCommand.commandLine();
      command.setErr(new PrintWriter(printed)).setOut(new PrintWriter(printed));
      Captured told = Captured.fromNowOn();
      int status;
      try (told) {
        status = command.execute("worker", "--debug", "--config", file.toString());
      }
      told.add(printed.toString());
      assertTrue(status == 1 || status == 2, fault + ": " + status);
      assertTrue(printed.toString().contains("\tat "), fault + ": " + printed);
      assertNoSecret(told.lines());
    }
  }

  private static void assertNoSecret(List<String> lines) {
    for (String line : lines) {
      for (String secret : secrets()) {
        assertFalse(line.contains(secret), () -> "tells a secret: " + line);
      }
    }
  }

  /** Everything that any library logs from DEBUG up, with its stack traces. */
  private static final class Captured extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Map<String, Level> levels =
        Map.of(
            org.slf4j.Logger.ROOT_LOGGER_NAME,
            Level.DEBUG,
            "dev.heliograph",
            Level.TRACE,
            "org.apache.kafka.clients",
            Level.DEBUG,
            "org.apache.kafka.common",
            Level.DEBUG);
    private final Map<String, Level> before = new HashMap<>();

    static Captured fromNowOn() {
      Captured captured = new Captured();
      captured.setContext(captured.root.getLoggerContext());
      captured.start();
      captured
          .root
          .iteratorForAppenders()
          .forEachRemaining(appender -> appender.addFilter(quiet()));
      captured.root.addAppender(captured);
      captured.levels.forEach(
          (name, level) -> captured.before.put(name, captured.setLevel(name, level)));
      return captured;
    }

    /** Keeps the console as it is. */
    private static ch.qos.logback.core.filter.Filter<ILoggingEvent> quiet() {
      var filter = new ch.qos.logback.classic.filter.ThresholdFilter();
      filter.setLevel("WARN");
      filter.start();
      return filter;
    }

    /** Whatever became of the test: what goes on being captured fills the heap. */
    @Override
    public void close() {
      root.detachAppender(this);
      root.iteratorForAppenders().forEachRemaining(Appender::clearAllFilters);
      before.forEach(this::setLevel);
      stop();
    }

    private @Nullable Level setLevel(String name, @Nullable Level level) {
      Logger logger = (Logger) LoggerFactory.getLogger(name);
      Level old = logger.getLevel();
      logger.setLevel(level);
      return old;
    }

    void add(String text) {
      lines.add(text);
    }

    List<String> lines() {
      return new ArrayList<>(lines);
    }

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(event.getFormattedMessage());
      if (event.getThrowableProxy() != null) {
        lines.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
    }
  }
}
