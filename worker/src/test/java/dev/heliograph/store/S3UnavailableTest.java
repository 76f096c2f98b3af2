package dev.heliograph.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.ImageSourceException;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a store that refuses, hangs, breaks off, or answers nonsense. */
@Timeout(30) // far above every timeout set here: only a hang gets there
class S3UnavailableTest {
  private static final S3Config.Timeouts SHORT =
      new S3Config.Timeouts(Duration.ofSeconds(2), Duration.ofMillis(300), Duration.ofSeconds(2));
  private static final EncodedObject LARGE =
      new EncodedObject(new byte[16 * 1024 * 1024], "application/x-npy");
  private static final EncodedObject SMALL = new EncodedObject(new byte[3], "image/png");

  @Test
  void refusedConnection() {
    LoopbackServer server = LoopbackServer.replying("HTTP/1.1 200 OK", new byte[0]);
    server.close();

    assertUnavailable(server.uri(), SMALL);
  }

  @Test
  void serverThatAcceptsAndHangs() {
    try (LoopbackServer server =
        LoopbackServer.start((head, socket) -> LoopbackServer.hang(socket))) {
      assertUnavailable(server.uri(), SMALL);
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void serverThatDoesNotSpeakTls() {
    try (LoopbackServer server = LoopbackServer.replying("HTTP/1.1 200 OK", new byte[0])) {
      assertUnavailable(URI.create(server.uri().toString().replace("http:", "https:")), SMALL);
    }
  }

  @Test
  void serverThatStopsReadingInMidUpload() {
    try (LoopbackServer server =
        LoopbackServer.start(
            (head, socket) -> {
              socket.getInputStream().readNBytes(100_000);
              waitUntilTheClientIsGone(socket);
            })) {
      assertUnavailable(server.uri(), LARGE);
    }
  }

  @Test
  void serverThatCutsTheConnectionInMidUpload() {
    try (LoopbackServer server =
        LoopbackServer.start(
            (head, socket) -> {
              socket.getInputStream().readNBytes(100_000);
              LoopbackServer.cut(socket);
            })) {
      assertUnavailable(server.uri(), LARGE);
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void serverThatCutsTheConnectionInsteadOfAnAnswer() {
    try (LoopbackServer server =
        LoopbackServer.start((head, socket) -> LoopbackServer.cut(socket))) {
      assertUnavailable(server.uri(), SMALL);
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void answerThatTricklesFastEnoughForTheIdleTimeoutButForEver() {
    try (LoopbackServer server =
        LoopbackServer.start(
            (head, socket) -> {
              LoopbackServer.reply(socket, "HTTP/1.1 200 OK\nX-Filler: x", new byte[0]);
              while (true) {
                socket.getOutputStream().write('x');
                pause();
              }
            })) {
      URI uri = server.uri();
      try (S3Connection connection = S3Connection.open(config(uri).withTimeouts(SHORT))) {
        S3ImageSource source =
            new S3ImageSource(connection, List.of(S3Location.parse("artifacts")));
        assertReason(ImageSourceException.Reason.UNAVAILABLE, source);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void overloadIsUnavailableAndAskedOnce(int status) {
    try (LoopbackServer server = error(status, "SlowDown", "Reduce your request rate.")) {
      QueryFailedException failure = assertUnavailable(server.uri(), SMALL);

      assertTrue(failure.getMessage().contains("HTTP " + status + " SlowDown"));
      assertEquals(1, server.requests().size(), "only the pipeline retries");
    }
  }

  @Test
  void aProxysErrorPageIsUnavailableToo() {
    try (LoopbackServer server =
        LoopbackServer.replying(
            "HTTP/1.1 502 Bad Gateway\nContent-Type: text/html\nConnection: close",
            "<html>nginx</html>".getBytes(StandardCharsets.UTF_8))) {
      QueryFailedException failure = assertUnavailable(server.uri(), SMALL);

      assertTrue(failure.getMessage().contains("HTTP 502"), failure.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "404, NoSuchBucket",
    "403, AccessDenied",
    "403, InvalidAccessKeyId",
    "403, RequestTimeTooSkewed",
    "400, AuthorizationHeaderMalformed",
    "301, PermanentRedirect",
    "501, NotImplemented"
  })
  void lastingRefusalsAreToldApart(int status, String code) {
    try (LoopbackServer server = error(status, code, "Says the store.")) {
      QueryFailedException failure = assertFails(server.uri(), SMALL);

      assertEquals(FailureCode.STORE_REFUSED, failure.code());
      assertInstanceOf(StoreMisconfiguredException.class, failure.getCause());
      assertTrue(failure.getMessage().contains(code), failure.getMessage());
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void aServerThatIsNoObjectStoreIsAMisconfiguration() {
    try (LoopbackServer server =
        LoopbackServer.replying(
            "HTTP/1.1 404 Not Found\nContent-Type: text/html\nConnection: close",
            "<html>no such page</html>".getBytes(StandardCharsets.UTF_8))) {
      QueryFailedException failure = assertFails(server.uri(), SMALL);

      assertEquals(FailureCode.STORE_REFUSED, failure.code());
      assertInstanceOf(StoreMisconfiguredException.class, failure.getCause());
    }
  }

  @Test
  void redirectsAreNotFollowed() {
    try (LoopbackServer elsewhere = LoopbackServer.replying("HTTP/1.1 200 OK", new byte[0]);
        LoopbackServer server =
            LoopbackServer.replying(
                "HTTP/1.1 307 Temporary Redirect\nConnection: close\nContent-Length: 0\nLocation: "
                    + elsewhere.uri()
                    + "/artifacts/q/x",
                new byte[0])) {
      assertFails(server.uri(), SMALL);

      assertEquals(List.of(), elsewhere.requests());
    }
  }

  @Test
  void anEndlessErrorBodyIsNotReadToItsEnd() {
    try (LoopbackServer server =
        LoopbackServer.start(
            (head, socket) -> {
              LoopbackServer.reply(
                  socket, "HTTP/1.1 400 Bad\nContent-Type: application/xml", new byte[0]);
              byte[] filler = new byte[64 * 1024];
              while (true) {
                socket.getOutputStream().write(filler);
              }
            })) {
      QueryFailedException failure = assertFails(server.uri(), SMALL);

      assertTrue(failure.getMessage().length() < 500, failure.getMessage());
    }
  }

  @Test
  void oneObjectIsOnePutAndItsSha256TheOneChecksum() {
    try (LoopbackServer server =
        LoopbackServer.start(
            (head, socket) -> {
              socket.getInputStream().readNBytes(LARGE.bytes().length);
              LoopbackServer.reply(
                  socket, "HTTP/1.1 200 OK\nETag: \"x\"\nContent-Length: 0", new byte[0]);
            })) {
      try (S3Connection connection = S3Connection.open(config(server.uri()))) {
        new S3ObjectStore(connection).put("q/x", LARGE);
      }

      assertEquals(1, server.requests().size());
      String head = server.requests().get(0);
      assertTrue(head.startsWith("PUT /artifacts/q/x HTTP/1.1"), head);
      Sha256 sha256 = Sha256.of(LARGE.array(), LARGE.length());
      assertEquals(List.of(sha256.hex()), headers(head, "X-Amz-Content-Sha256"), "signed");
      assertEquals(List.of(sha256.base64()), headers(head, "X-Amz-Checksum-[^:]*"), "verified");
    }
  }

  private static List<String> headers(String head, String name) {
    return head.lines()
        .filter(line -> line.matches("(?i)" + name + ":.*"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .toList();
  }

  @Test
  void probeTellsAbsentFromMisconfigured() {
    try (LoopbackServer server = error(503, "SlowDown", "");
        S3Connection connection = S3Connection.open(config(server.uri()))) {
      assertThrows(QueryFailedException.class, connection::probe);
    }
    try (LoopbackServer server = error(403, "AccessDenied", "");
        S3Connection connection = S3Connection.open(config(server.uri()))) {
      assertThrows(StoreMisconfiguredException.class, connection::probe);
    }
  }

  @Test
  void nothingThatIsThrownShowsTheSecret() {
    try (LoopbackServer server = error(403, "SignatureDoesNotMatch", "")) {
      for (Throwable t = assertFails(server.uri(), SMALL); t != null; t = t.getCause()) {
        assertFalse(String.valueOf(t.getMessage()).contains("the-secret"), t.toString());
      }
    }
  }

  @Test
  void imagesOfAStoreThatIsAwayAreUnavailableNotMissing() {
    LoopbackServer server = LoopbackServer.replying("HTTP/1.1 200 OK", new byte[0]);
    server.close();
    try (S3Connection connection = S3Connection.open(config(server.uri()))) {
      assertReason(
          ImageSourceException.Reason.UNAVAILABLE,
          new S3ImageSource(connection, List.of(S3Location.parse("artifacts"))));
    }
  }

  private static void assertReason(ImageSourceException.Reason reason, S3ImageSource source) {
    URI uri = URI.create("s3://artifacts/x.png");
    assertEquals(
        reason,
        assertThrows(ImageSourceException.class, () -> source.read(uri, 1_000_000_000)).reason());
  }

  private static QueryFailedException assertUnavailable(URI endpoint, EncodedObject object) {
    QueryFailedException failure = assertFails(endpoint, object);
    assertEquals(FailureCode.STORE_UNAVAILABLE, failure.code(), failure.toString());
    assertFalse(failure.getCause() instanceof StoreMisconfiguredException, failure.toString());
    return failure;
  }

  private static QueryFailedException assertFails(URI endpoint, EncodedObject object) {
    try (S3Connection connection = S3Connection.open(config(endpoint))) {
      S3ObjectStore store = new S3ObjectStore(connection);
      QueryFailedException failure =
          assertThrows(QueryFailedException.class, () -> store.put("q/x", object));
      assertTrue(failure.getMessage().startsWith("s3://artifacts/q/x: "), failure.getMessage());
      assertEquals(1, failure.getMessage().lines().count());
      assertNotNull(failure.getCause());
      return failure;
    }
  }

  private static S3Config config(URI endpoint) {
    return S3Config.of(endpoint, "eu-central-1", "artifacts", "tester", "the-secret")
        .withTimeouts(SHORT);
  }

  private static LoopbackServer error(int status, String code, String message) {
    byte[] body =
        ("<Error><Code>" + code + "</Code><Message>" + message + "</Message></Error>")
            .getBytes(StandardCharsets.UTF_8);
    return LoopbackServer.start(
        (head, socket) -> {
          byte[] reply = head.startsWith("HEAD") ? new byte[0] : body;
          LoopbackServer.reply(
              socket,
              "HTTP/1.1 "
                  + status
                  + " Error\nContent-Type: application/xml\nConnection: close\nContent-Length: "
                  + reply.length,
              reply);
        });
  }

  /** Reads nothing meanwhile, so that the client's writes stall. */
  private static void waitUntilTheClientIsGone(Socket socket) throws IOException {
    try {
      while (true) {
        socket.getOutputStream().write(new byte[0]);
        socket.sendUrgentData(0);
        pause();
      }
    } catch (IOException e) {
      socket.close();
    }
  }

  /** Paces a server; no assertion depends on how long it takes. */
  private static void pause() throws IOException {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
