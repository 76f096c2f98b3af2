package dev.heliograph.messaging;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.query.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * A schema registry with Confluent's HTTP interface (Apicurio and Karapace have it too). Schemas
 * are registered under their full name (RecordNameStrategy), so that topics can be named freely.
 * Known ids are kept for good, as they never change their meaning; unknown ones for a minute, so
 * that hostile events do not become requests. Thread-safe.
 */
public final class SchemaRegistry implements SchemaIdResolver {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration UNKNOWN_FOR = Duration.ofMinutes(1);

  /** Ten times the largest schema of ours. */
  private static final int MAX_REPLY_BYTES = 1 << 20;

  private static final int MAX_UNKNOWN = 10_000;
  private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";

  private final String base;
  private final Optional<String> authorization;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
  private final ObjectMapper json = new ObjectMapper();
  private final Map<Integer, Schema> known = new ConcurrentHashMap<>();
  private final Map<Integer, Instant> unknown = new ConcurrentHashMap<>();

  /** Asks nothing yet. */
  public SchemaRegistry(RegistryConfig config) {
    this.base = config.address().toString().replaceAll("/+$", "");
    this.authorization = config.authorization();
  }

  /** The registry's ids, or none without a registry. */
  public static SchemaIdResolver of(Optional<RegistryConfig> config) {
    return config.<SchemaIdResolver>map(SchemaRegistry::new).orElseGet(SchemaIdResolver::none);
  }

  @Override
  public Optional<Schema> schema(int id) {
    Schema schema = known.get(id);
    if (schema != null) {
      return Optional.of(schema);
    }
    Instant askedAt = unknown.get(id);
    if (askedAt != null && askedAt.plus(UNKNOWN_FOR).isAfter(Instant.now())) {
      return Optional.empty();
    }
    Optional<Schema> found = fetch(id);
    found.ifPresentOrElse(present -> known.put(id, present), () -> rememberUnknown(id));
    return found;
  }

  private void rememberUnknown(int id) {
    if (unknown.size() >= MAX_UNKNOWN) {
      unknown.clear();
    }
    unknown.put(id, Instant.now());
  }

  private Optional<Schema> fetch(int id) {
    HttpResponse<String> response = send(request("/schemas/ids/" + id).GET().build());
    if (response.statusCode() == 404) {
      return Optional.empty();
    }
    String text = body(response).path("schema").asText();
    try {
      return Optional.of(new Schema.Parser().parse(text));
    } catch (AvroRuntimeException e) {
      return Optional.empty(); // a JSON or Protobuf schema: no event of ours
    }
  }

  /** Registers the schema, which gives the id that it has already if it is there. */
  @Override
  public int id(Schema schema) {
    String content =
        JsonNodeFactory.instance.objectNode().put("schema", schema.toString()).toString();
    HttpResponse<String> response =
        send(
            request("/subjects/" + schema.getFullName() + "/versions")
                .header("Content-Type", MEDIA_TYPE)
                .POST(HttpRequest.BodyPublishers.ofString(content))
                .build());
    if (response.statusCode() == 409 || response.statusCode() == 422) {
      throw new IllegalArgumentException(
          "the schema registry refuses " + schema.getFullName() + ": " + oneLine(response.body()));
    }
    return body(response).path("id").asInt();
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(TIMEOUT)
            .header("Accept", MEDIA_TYPE);
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  /** The client's own timeout ends with a reply's head: a body may hang, or have no end. */
  private HttpResponse<String> send(HttpRequest request) {
    CompletableFuture<HttpResponse<String>> reply =
        http.sendAsync(request, BoundedBody.ofAtMost(MAX_REPLY_BYTES));
    try {
      return reply.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw unreachable(String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      reply.cancel(true);
      throw unreachable("no reply within " + TIMEOUT, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("interrupted", e);
    }
  }

  private UncheckedIOException unreachable(String reason, Exception cause) {
    return new UncheckedIOException(
        "schema registry " + base + ": " + Text.shorten(reason), new IOException(cause));
  }

  private JsonNode body(HttpResponse<String> response) {
    if (response.statusCode() != 200) {
      throw new UncheckedIOException(
          new IOException(
              "schema registry "
                  + base
                  + " answers "
                  + response.statusCode()
                  + ": "
                  + oneLine(response.body())));
    }
    try {
      return json.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("schema registry " + base + " answers no JSON", e);
    }
  }

  private static String oneLine(String text) {
    return Text.shorten(text);
  }
}
