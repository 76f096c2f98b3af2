package dev.heliograph.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.heliograph.app.embedded.EmbeddedObjectStore;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each origin of keys, against a store that lets nobody in without them. */
class S3CredentialsTest {
  private static final String BUCKET = "artifacts";
  private static final EncodedObject OBJECT = new EncodedObject(new byte[] {1, 2}, "image/png");

  @TempDir private Path folder;
  private final EmbeddedObjectStore store = EmbeddedObjectStore.inMemory();
  private final S3Config keys = store.config(BUCKET);

  @BeforeEach
  void createBucket() {
    try (S3Connection connection = S3Connection.open(keys)) {
      connection.createBucketIfAbsent(BUCKET);
    }
  }

  @AfterEach
  void stop() {
    store.close();
  }

  @Test
  void aCredentialsFileIsReadAgainWhenItsKeysAreRotated() throws IOException {
    Path file = folder.resolve("credentials");
    write(file, "old-key", "old-secret");
    S3Config config =
        keys.withCredentials(new S3Credentials.SharedFile(Optional.of(file), "heliograph"));
    try (S3Connection connection = S3Connection.open(config)) {
      assertThrows(StoreMisconfiguredException.class, connection::probe);
      write(file, keys.accessKey(), keys.secretKey());
      connection.probe();
      assertEquals(2, new S3ObjectStore(connection).put("a/b.png", OBJECT).bytes());
    }
  }

  @Test
  void aCredentialsFileWithoutTheProfileSaysSo() throws IOException {
    Path file = folder.resolve("credentials");
    write(file, keys.accessKey(), keys.secretKey());
    S3Config config =
        keys.withCredentials(new S3Credentials.SharedFile(Optional.of(file), "other"));
    assertUnavailable(config, "Profile other does not exist");
    Files.delete(file);
    assertUnavailable(config, "Unable to read AWS credential file");
  }

  private void write(Path file, String accessKey, String secretKey) throws IOException {
    Files.writeString(
        file,
        "[default]\naws_access_key_id = nobody\naws_secret_access_key = nothing\n"
            + "[heliograph]\naws_access_key_id = %s\naws_secret_access_key = %s\n"
                .formatted(accessKey, secretKey));
  }

  /** The embedded store knows no session tokens, so one that is played answers here. */
  @Test
  void anIdentityTokenIsExchangedForKeysOnce() throws IOException {
    List<String> requests = new CopyOnWriteArrayList<>();
    HttpServer service = tokenService(requests, 200);
    String ok = "HTTP/1.1 200 OK\nContent-Length: 0\nConnection: close";
    try (LoopbackServer played = LoopbackServer.replying(ok, new byte[0])) {
      S3Config config =
          S3Config.of(played.uri(), "us-east-1", BUCKET, "unused", "unused")
              .withCredentials(
                  webIdentity(service, Optional.of("arn:aws:iam::1:role/worker")).credentials());
      try (S3Connection connection = S3Connection.open(config)) {
        connection.probe();
        connection.probe();
      }
      assertEquals(2, played.requests().size());
      for (String head : played.requests()) {
        assertTrue(head.contains("Credential=" + keys.accessKey() + "/"), head);
        assertTrue(head.toLowerCase(Locale.ROOT).contains("x-amz-security-token: session"), head);
      }
    } finally {
      service.stop(0);
    }
    assertEquals(1, requests.size());
    String request = requests.get(0);
    assertTrue(request.contains("Action=AssumeRoleWithWebIdentity"), request);
    assertTrue(request.contains("WebIdentityToken=the.identity.token"), request);
    assertTrue(request.contains("RoleSessionName=heliograph"), request);
    assertTrue(request.contains("role/worker"), request);
  }

  @Test
  void aTokenServiceThatRefusesMakesTheStoreUnavailable() throws IOException {
    HttpServer service = tokenService(new CopyOnWriteArrayList<>(), 403);
    try {
      assertUnavailable(webIdentity(service, Optional.empty()), "HTTP status code 403");
    } finally {
      service.stop(0);
    }
    assertUnavailable(webIdentity(service, Optional.empty()), "Unable to parse STS response");
    Files.delete(folder.resolve("token"));
    assertUnavailable(webIdentityOf(service, Optional.empty()), "no identity token");
  }

  private S3Config webIdentity(HttpServer service, Optional<String> role) throws IOException {
    Files.writeString(folder.resolve("token"), "the.identity.token\n");
    return webIdentityOf(service, role);
  }

  private S3Config webIdentityOf(HttpServer service, Optional<String> role) {
    URI address = URI.create("http://127.0.0.1:" + service.getAddress().getPort());
    return keys.withCredentials(
        new S3Credentials.WebIdentity(folder.resolve("token"), role, address));
  }

  private HttpServer tokenService(List<String> requests, int status) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    String reply =
        """
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleWithWebIdentityResult><Credentials>
            <AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey>
            <SessionToken>session</SessionToken>
            <Expiration>2099-01-01T00:00:00Z</Expiration>
          </Credentials></AssumeRoleWithWebIdentityResult>
        </AssumeRoleWithWebIdentityResponse>"""
            .formatted(keys.accessKey(), keys.secretKey());
    server.createContext(
        "/",
        exchange -> {
          requests.add(exchange.getRequestURI().getQuery());
          byte[] bytes = reply.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    return server;
  }

  /** The variables of this process cannot be set, so another one asks. */
  @Test
  void keysComeFromTheEnvironment() throws Exception {
    assertEquals("ok", probe(keys.accessKey(), keys.secretKey()));
    String refusal = probe(keys.accessKey(), "wrong");
    assertTrue(refusal.contains("the object store refuses, see its configuration"), refusal);
    assertFalse(refusal.contains("wrong"), refusal);
  }

  private String probe(String accessKey, String secretKey) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            EnvironmentProbe.class.getName(),
            keys.endpoint().toString());
    builder.environment().put("AWS_ACCESS_KEY_ID", accessKey);
    builder.environment().put("AWS_SECRET_ACCESS_KEY", secretKey);
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output.strip().lines().reduce((first, last) -> last).orElse("");
  }

  /** Prints {@code ok}, or what the store said. */
  static final class EnvironmentProbe {
    public static void main(String[] arguments) {
      S3Config config =
          S3Config.of(URI.create(arguments[0]), "us-east-1", BUCKET, "unused", "unused")
              .withCredentials(new S3Credentials.Environment());
      try (S3Connection connection = S3Connection.open(config)) {
        connection.probe();
        System.out.println("ok");
      } catch (RuntimeException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private static void assertUnavailable(S3Config config, String detail) {
    try (S3Connection connection = S3Connection.open(config)) {
      var e = assertThrows(QueryFailedException.class, connection::probe);
      assertEquals(FailureCode.STORE_UNAVAILABLE, e.code());
      assertTrue(e.getMessage().contains(detail), e.getMessage());
      assertTrue(e.getMessage().matches("\\P{Cntrl}+"), e.getMessage());
    }
  }

  @Test
  void noSecretIsPrinted() {
    assertFalse(keys.toString().contains(keys.secretKey()), keys.toString());
    assertFalse(keys.credentials().toString().contains(keys.secretKey()));
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new S3Credentials.WebIdentity(
                    folder, Optional.empty(), URI.create("https://user:s3cret@sts")));
    assertFalse(e.getMessage().contains("s3cret"), e.getMessage());
  }
}
