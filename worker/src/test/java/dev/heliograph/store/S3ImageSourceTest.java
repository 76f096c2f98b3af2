package dev.heliograph.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.ImageSourceException;
import dev.heliograph.pipeline.ImageSourceException.Reason;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading from a server that cannot be trusted with anything. */
@Timeout(30)
class S3ImageSourceTest {
  private static final URI IMAGE = URI.create("s3://refs/a.png");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://refs/a.png",
        "s3://other/a.png",
        "s3://refs@other/a.png",
        "s3://refs/../other/a.png",
        "s3://refs/%2e%2e/a.png",
        "s3://refs/a.png?x",
        "file:///a.png"
      })
  void forbiddenAddressesAreNeverAskedFor(String uri) {
    try (LoopbackServer server = LoopbackServer.replying("HTTP/1.1 200 OK", new byte[0])) {
      assertReason(Reason.FORBIDDEN, server, URI.create(uri), 100);

      assertEquals(List.of(), server.requests());
    }
  }

  @Test
  void anEmptyListForbidsEverything() {
    try (LoopbackServer server = LoopbackServer.replying("HTTP/1.1 200 OK", new byte[0]);
        S3Connection connection = open(server)) {
      S3ImageSource source = new S3ImageSource(connection, List.of());

      assertThrows(ImageSourceException.class, () -> source.read(IMAGE, 100));
      assertEquals(List.of(), server.requests());
    }
  }

  @Test
  void whatIsReadIsWhatWasSent() {
    byte[] body = "image".getBytes(StandardCharsets.UTF_8);
    try (LoopbackServer server =
            LoopbackServer.replying("HTTP/1.1 200 OK\nContent-Length: 5", body);
        S3Connection connection = open(server)) {
      S3ImageSource source = source(connection);

      assertArrayEquals(body, source.read(IMAGE, 5));
      assertTrue(server.requests().get(0).startsWith("GET /refs/a.png HTTP/1.1"));
    }
  }

  @Test
  void anAnnouncedLengthOverTheLimitIsEnoughToStop() {
    try (LoopbackServer server =
        LoopbackServer.start(
            (head, socket) -> {
              LoopbackServer.reply(
                  socket, "HTTP/1.1 200 OK\nContent-Length: 9000000000000", new byte[100]);
              LoopbackServer.hang(socket);
            })) {
      assertReason(Reason.TOO_LARGE, server, IMAGE, 100);
    }
  }

  @Test
  void aBodyOfNoAnnouncedLengthIsCutAtTheLimit() {
    try (LoopbackServer server =
        LoopbackServer.start(
            (head, socket) -> {
              LoopbackServer.reply(socket, "HTTP/1.1 200 OK", new byte[0]);
              byte[] endless = new byte[64 * 1024];
              while (true) {
                socket.getOutputStream().write(endless);
              }
            })) {
      assertReason(Reason.TOO_LARGE, server, IMAGE, 1_000_000);
    }
  }

  @Test
  void bytesBeyondALyingContentLengthAreNotPartOfTheImage() {
    try (LoopbackServer server =
            LoopbackServer.replying("HTTP/1.1 200 OK\nContent-Length: 4", new byte[5_000_000]);
        S3Connection connection = open(server)) {
      assertEquals(4, source(connection).read(IMAGE, 100).length);
    }
  }

  @Test
  void aBodyShorterThanItsContentLengthIsNoImage() {
    try (LoopbackServer server =
        LoopbackServer.replying("HTTP/1.1 200 OK\nContent-Length: 50", new byte[20])) {
      assertReason(Reason.UNAVAILABLE, server, IMAGE, 100);
    }
  }

  @Test
  void aSmallCompressedBodyDoesNotUnfoldBeyondTheLimit() throws Exception {
    var zipped = new java.io.ByteArrayOutputStream();
    try (var gzip = new java.util.zip.GZIPOutputStream(zipped)) {
      gzip.write(new byte[10_000_000]);
    }
    try (LoopbackServer server =
            LoopbackServer.replying(
                "HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: " + zipped.size(),
                zipped.toByteArray());
        S3Connection connection = open(server)) {
      // The bytes are the object: nothing is unfolded at all.
      assertArrayEquals(zipped.toByteArray(), source(connection).read(IMAGE, 100_000));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "404, NoSuchKey, NOT_FOUND",
    "404, NoSuchBucket, NOT_FOUND",
    "403, AccessDenied, FORBIDDEN",
    "403, InvalidAccessKeyId, UNAVAILABLE",
    "400, AuthorizationHeaderMalformed, UNAVAILABLE",
    "503, SlowDown, UNAVAILABLE",
    "500, InternalError, UNAVAILABLE"
  })
  void refusalsOfTheStoreAreClassified(int status, String code, Reason reason) {
    byte[] body = ("<Error><Code>" + code + "</Code></Error>").getBytes(StandardCharsets.UTF_8);
    try (LoopbackServer server =
        LoopbackServer.replying(
            "HTTP/1.1 " + status + " Error\nContent-Type: application/xml\nConnection: close",
            body)) {
      assertReason(reason, server, IMAGE, 100);

      assertEquals(1, server.requests().size(), "only the pipeline retries");
    }
  }

  private static void assertReason(Reason reason, LoopbackServer server, URI uri, long limit) {
    try (S3Connection connection = open(server)) {
      S3ImageSource source = source(connection);
      ImageSourceException e =
          assertThrows(ImageSourceException.class, () -> source.read(uri, limit));
      assertEquals(reason, e.reason(), e.getMessage());
      assertEquals(1, e.getMessage().lines().count());
    }
  }

  private static S3Connection open(LoopbackServer server) {
    return S3Connection.open(S3Config.of(server.uri(), "eu", "artifacts", "tester", "secret"));
  }

  private static S3ImageSource source(S3Connection connection) {
    return new S3ImageSource(connection, List.of(S3Location.parse("refs")));
  }
}
