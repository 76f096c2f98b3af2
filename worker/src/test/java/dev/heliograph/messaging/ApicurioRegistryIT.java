package dev.heliograph.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.codec.EventDecoder;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.Framing;
import dev.heliograph.testing.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** The registry's client against Apicurio itself, over the interface that Confluent's has too. */
@EnabledIfEnvironmentVariable(
    named = "HELIOGRAPH_TEST_APICURIO",
    matches = ".+",
    disabledReason = "HELIOGRAPH_TEST_APICURIO does not name the folder of an Apicurio Registry")
class ApicurioRegistryIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String RELEASED = "/dev/heliograph/events/released/";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static ServerProcess server;
  private static URI address;

  private final SchemaRegistry registry = new SchemaRegistry(RegistryConfig.open(address));

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    Path jar = jar(Path.of(System.getenv("HELIOGRAPH_TEST_APICURIO")));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    server =
        ServerProcess.start(
            port ->
                List.of(
                    java,
                    "-Xmx512m",
                    "-Dquarkus.http.host=127.0.0.1",
                    "-Dquarkus.http.port=" + port,
                    "-jar",
                    jar.toString()),
            Map.of(),
            folder.resolve("log"));
    address = URI.create("http://127.0.0.1:" + server.port() + "/apis/ccompat/v7");
    await().atMost(PATIENCE).until(() -> send("GET", "/subjects", "").startsWith("["));
    // For every subject that has no rule of its own: each may read the other.
    send("PUT", "/config", "{\"compatibility\": \"FULL_TRANSITIVE\"}");
  }

  private static Path jar(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith("-runner.jar"))
          .findFirst()
          .orElseThrow(() -> new IOException(folder + " has no runner of Apicurio Registry"));
    }
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void eventsTravelByItsIds() throws Exception {
    QueryRequested event = QueryEvents.toEvent(TestQueries.query("q-0"));
    byte[] bytes = EventEncoder.of(QueryRequested.class, Framing.CONFLUENT, registry).encode(event);

    SchemaRegistry reader = new SchemaRegistry(RegistryConfig.open(address));
    assertEquals(event, new EventDecoder<>(QueryRequested.class, reader).decode(bytes));
    assertTrue(send("GET", "/subjects", "").contains(QueryRequested.class.getName()));
  }

  @Test
  void aSchemaKeepsItsId() {
    int id = registry.id(QueryCompletion.getClassSchema());

    assertEquals(id, registry.id(QueryCompletion.getClassSchema()));
    assertEquals(Optional.of(QueryCompletion.getClassSchema()), registry.schema(id));
  }

  @Test
  void eachReleaseOfAnEventIsAFullyCompatibleVersion() throws Exception {
    for (int release = 1; release <= 2; release++) {
      registry.id(released("QueryCompletion-" + release));
    }
    registry.id(QueryCompletion.getClassSchema());

    Schema other =
        SchemaBuilder.record(QueryCompletion.class.getSimpleName())
            .namespace(QueryCompletion.class.getPackageName())
            .fields()
            .requiredInt("queryId")
            .endRecord();
    var e = assertThrows(IllegalArgumentException.class, () -> registry.id(other));
    assertTrue(
        e.getMessage()
            .startsWith("the schema registry refuses dev.heliograph.events.QueryCompletion: "),
        e.getMessage());
  }

  @Test
  void anIdThatItDoesNotHaveIsUnknown() {
    assertEquals(Optional.empty(), registry.schema(Integer.MAX_VALUE));
    assertEquals(Optional.empty(), registry.schema(-1));
  }

  @Test
  void aSchemaThatIsNotAvroIsNoEventOfOurs() throws Exception {
    String schema = "{\"$schema\": \"http://json-schema.org/draft-07/schema#\"}";
    String body =
        new ObjectMapper().writeValueAsString(Map.of("schemaType", "JSON", "schema", schema));
    int id =
        new ObjectMapper()
            .readTree(send("POST", "/subjects/other/versions", body))
            .path("id")
            .asInt();

    assertTrue(id > 0);
    assertEquals(Optional.empty(), registry.schema(id));
  }

  private static Schema released(String name) throws IOException {
    try (var file = QueryCompletion.class.getResourceAsStream(RELEASED + name + ".avsc")) {
      return new Schema.Parser().parse(file);
    }
  }

  private static String send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + path))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .method(method, BodyPublishers.ofString(body))
            .build();
    return HTTP.send(request, BodyHandlers.ofString(UTF_8)).body();
  }
}
