package dev.heliograph.app.embedded;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * A Kafka broker inside this process, for the demo and for tests: one node that is also its own
 * controller (KRaft), on ports of 127.0.0.1. No replication, no security.
 */
public final class EmbeddedBroker implements AutoCloseable {
  /** Topics are there in milliseconds; in seconds on a busy machine. */
  private static final Duration READY = Duration.ofSeconds(30);

  private static final Logger log = LoggerFactory.getLogger(EmbeddedBroker.class);

  /** Inline images travel in events. */
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  private static final int ATTEMPTS = 3;
  private static final String LOG_MARK = "embeddedBroker";
  private static final String DATA = "data";

  private final Path folder;
  private final boolean deletesFolder;
  private final KafkaRaftServer server;
  private final String bootstrapServers;
  private boolean closed;

  private EmbeddedBroker(
      Path folder, boolean deletesFolder, KafkaRaftServer server, String bootstrapServers) {
    this.folder = folder;
    this.deletesFolder = deletesFolder;
    this.server = server;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts a broker on free ports, whose data goes when it is closed; it is ready when this
   * returns.
   *
   * @throws UncheckedIOException if its folder cannot be written
   * @throws IllegalStateException if it does not start
   */
  public static EmbeddedBroker start() {
    return start(Map.of());
  }

  /**
   * Starts a broker whose configuration differs in these properties.
   *
   * @throws UncheckedIOException if its folder cannot be written
   * @throws IllegalStateException if it does not start
   */
  public static EmbeddedBroker start(Map<String, String> overrides) {
    for (int attempt = 1; ; attempt++) {
      Path folder = temporaryFolder();
      try {
        return start(folder, overrides);
      } catch (RuntimeException e) {
        delete(folder);
        if (attempt == ATTEMPTS) {
          throw new IllegalStateException("the embedded broker does not start", e);
        }
        // Another process can take a free port before the broker does.
        log.info("the embedded broker does not start, trying other ports: {}", e.toString());
      }
    }
  }

  private static EmbeddedBroker start(Path folder, Map<String, String> overrides) {
    List<Integer> ports = freePorts(2);
    Properties properties = properties(folder, ports.get(0), ports.get(1));
    properties.putAll(overrides);
    format(folder, properties);
    return start(folder, true, ports.get(0), properties);
  }

  /**
   * Starts a broker that keeps its data in this folder, and goes on with what is there: after a
   * kill as well, and with the same ports only.
   *
   * @param folder exists; left as it is at the end
   * @param controllerPort the broker's own business, but nobody else may use it
   * @throws UncheckedIOException if the folder cannot be written
   * @throws RuntimeException if the broker does not start, as on a port that is taken
   */
  public static EmbeddedBroker inFolder(Path folder, int port, int controllerPort) {
    Properties properties = properties(folder, port, controllerPort);
    if (!Files.exists(folder.resolve(DATA).resolve("meta.properties"))) {
      format(folder, properties);
    }
    return start(folder, false, port, properties);
  }

  private static EmbeddedBroker start(
      Path folder, boolean deletesFolder, int port, Properties properties) {
    KafkaRaftServer server =
        new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
    try {
      server.startup();
    } catch (RuntimeException e) {
      server.shutdown();
      throw e;
    }
    return new EmbeddedBroker(folder, deletesFolder, server, "127.0.0.1:" + port);
  }

  private static Properties properties(Path folder, int port, int controllerPort) {
    Properties properties = new Properties();
    properties.putAll(
        Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", "1"),
            Map.entry("controller.quorum.bootstrap.servers", "127.0.0.1:" + controllerPort),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("inter.broker.listener.name", "PLAINTEXT"),
            Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
            Map.entry(
                "listeners",
                "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort),
            Map.entry("log.dirs", folder.resolve(DATA).toString()),
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("message.max.bytes", Integer.toString(MAX_MESSAGE_BYTES)),
            Map.entry("offsets.topic.num.partitions", "1"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.num.partitions", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500"),
            Map.entry("share.coordinator.state.topic.num.partitions", "1"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"),
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            Map.entry("group.consumer.min.heartbeat.interval.ms", "500"),
            Map.entry("group.consumer.heartbeat.interval.ms", "500"),
            Map.entry("group.share.min.heartbeat.interval.ms", "500"),
            Map.entry("group.share.heartbeat.interval.ms", "500"),
            Map.entry("log.cleaner.enable", "false")));
    return properties;
  }

  private static void format(Path folder, Properties properties) {
    Path config = folder.resolve("server.properties");
    try (var writer = Files.newBufferedWriter(config)) {
      properties.store(writer, null);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + config, e);
    }
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    String[] arguments = {
      "format", "--standalone", "-t", Uuid.randomUuid().toString(), "-c", config.toString()
    };
    int status =
        StorageTool.execute(arguments, new PrintStream(output, true, StandardCharsets.UTF_8));
    if (status != 0) {
      throw new IllegalStateException(
          "cannot format the broker's folder: " + output.toString(StandardCharsets.UTF_8));
    }
  }

  /** host:port, for clients. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /**
   * Creates topics; they are ready when this returns.
   *
   * @throws IllegalStateException if one exists, or its name is not allowed
   */
  public void createTopics(int partitions, String... names) {
    createTopics(bootstrapServers, partitions, Map.of(), names);
  }

  /** The same for topics of which the last record of each key counts. */
  public void createCompactedTopics(int partitions, String... names) {
    createTopics(bootstrapServers, partitions, Map.of("cleanup.policy", "compact"), names);
  }

  /** Creates topics of a broker in another process. */
  public static void createTopics(
      String bootstrapServers, int partitions, Map<String, String> configs, String... names) {
    List<NewTopic> topics =
        Stream.of(names)
            .map(name -> new NewTopic(name, partitions, (short) 1).configs(configs))
            .toList();
    Map<String, Object> client =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    try (Admin admin = Admin.create(client)) {
      admin.createTopics(topics).all().get();
      awaitLeaders(admin, partitions, names);
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot create topics: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while creating topics", e);
    }
  }

  /**
   * Waits until each partition answers. Kafka (4.4) tells of a new topic before its partitions take
   * records; a producer whose first batch comes too early, and whose second does not, fails after
   * two minutes with an OutOfOrderSequenceException (KAFKA-15591). The topic itself is known a
   * moment after it was created: asked for its partitions before, the client logs an error.
   */
  private static void awaitLeaders(Admin admin, int partitions, String... names)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (String name : names) {
      for (int partition = 0; partition < partitions; partition++) {
        ends.put(new TopicPartition(name, partition), OffsetSpec.latest());
      }
    }
    long deadline = System.nanoTime() + READY.toNanos();
    while (true) {
      try {
        admin.describeTopics(List.of(names)).allTopicNames().get();
        admin.listOffsets(ends).all().get();
        return;
      } catch (ExecutionException e) {
        // Not even the topic is known everywhere yet, which the client takes for an answer.
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() - deadline > 0) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }

  /** Stops the broker. Close its clients first, or they wait for it. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      shutDown();
      if (deletesFolder) {
        delete(folder);
      }
    }
  }

  /** What it says of its end concerns nobody: the log's configuration leaves it out by the mark. */
  private void shutDown() {
    MDC.put(LOG_MARK, "stopping");
    try {
      server.shutdown();
      server.awaitShutdown();
    } finally {
      MDC.remove(LOG_MARK);
    }
  }

  private static List<Integer> freePorts(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port", e);
    } finally {
      sockets.forEach(EmbeddedBroker::close);
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("heliograph-broker");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a temporary folder", e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      log.info("{} cannot be deleted: {}", folder, e.toString());
    }
  }
}
