package dev.heliograph.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** A broker in this process that lets clients in over TLS only, with a name and SCRAM-SHA-512. */
public final class SecureBroker implements AutoCloseable {
  private static final String USER = "worker";
  private static final String LOGIN =
      "org.apache.kafka.common.security.scram.ScramLoginModule required";

  private final KafkaRaftServer server;
  private final int port;
  private final Path authority;

  private SecureBroker(KafkaRaftServer server, int port, Path authority) {
    this.server = server;
    this.port = port;
    this.authority = authority;
  }

  /** Ready when this returns; the user may do everything. */
  public static SecureBroker start(Path folder, TestCertificate certificate, String password)
      throws IOException {
    List<Integer> ports = freePorts(3);
    Properties properties = properties(folder, certificate, ports);
    Path file = folder.resolve("server.properties");
    try (var writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
    String scram = "SCRAM-SHA-512=[name=" + USER + ",password=" + password + "]";
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    int status =
        StorageTool.execute(
            new String[] {
              "format",
              "--standalone",
              "-t",
              Uuid.randomUuid().toString(),
              "-c",
              file.toString(),
              "--add-scram",
              scram
            },
            new PrintStream(output, true, StandardCharsets.UTF_8));
    if (status != 0) {
      throw new IOException(output.toString(StandardCharsets.UTF_8));
    }
    KafkaRaftServer server =
        new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
    server.startup();
    return new SecureBroker(server, ports.get(0), certificate.authority());
  }

  private static Properties properties(
      Path folder, TestCertificate certificate, List<Integer> ports) {
    String listener = "listener.name.clients.";
    Properties properties = new Properties();
    properties.putAll(
        Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", "1"),
            Map.entry("controller.quorum.bootstrap.servers", "127.0.0.1:" + ports.get(2)),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("inter.broker.listener.name", "INTERNAL"),
            Map.entry(
                "listener.security.protocol.map",
                "CLIENTS:SASL_SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT"),
            Map.entry(
                "listeners",
                "CLIENTS://127.0.0.1:%d,INTERNAL://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                    .formatted(ports.toArray())),
            Map.entry("sasl.enabled.mechanisms", "SCRAM-SHA-512"),
            Map.entry(listener + "scram-sha-512.sasl.jaas.config", LOGIN + ";"),
            Map.entry(listener + "ssl.keystore.type", "PKCS12"),
            Map.entry(listener + "ssl.keystore.location", certificate.keyStore().toString()),
            Map.entry(listener + "ssl.keystore.password", certificate.password()),
            Map.entry("log.dirs", folder.resolve("broker").toString()),
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("message.max.bytes", Integer.toString(16 << 20)),
            Map.entry("offsets.topic.num.partitions", "1"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.num.partitions", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"),
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            Map.entry("log.cleaner.enable", "false")));
    return properties;
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** What a client needs, as Kafka's own properties. */
  public Map<String, String> clientProperties(String password) {
    return Map.of(
        "security.protocol", "SASL_SSL",
        "sasl.mechanism", "SCRAM-SHA-512",
        "sasl.jaas.config", LOGIN + " username=\"" + USER + "\" password=\"" + password + "\";",
        "ssl.truststore.type", "PEM",
        "ssl.truststore.location", authority.toString());
  }

  public void createTopics(String password, String... names) throws Exception {
    Map<String, Object> properties = new java.util.HashMap<>(clientProperties(password));
    properties.put("bootstrap.servers", bootstrapServers());
    try (Admin admin = Admin.create(properties)) {
      List<NewTopic> topics = Stream.of(names).map(n -> new NewTopic(n, 1, (short) 1)).toList();
      admin.createTopics(topics).all().get();
    }
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
