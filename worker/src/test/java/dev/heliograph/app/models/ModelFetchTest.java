package dev.heliograph.app.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.store.LoopbackServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30) // only a hang gets there
class ModelFetchTest {
  private static final byte[] WEIGHTS = new byte[300_000];
  private static final Pattern RANGE = Pattern.compile("(?i)\r\nRange: bytes=(\\d+)-\r\n");
  private static final Download.Limits LIMITS =
      new Download.Limits(Duration.ofMillis(500), 1_000_000);

  static {
    new Random(3).nextBytes(WEIGHTS);
  }

  @TempDir Path folder;
  private LoopbackServer server = LoopbackServer.start(ModelFetchTest::serveWithRanges);
  private long lastBytes;
  private long lastTotal;
  private final ModelFetch fetch =
      new ModelFetch(
          new Download(
              (file, bytes, total) -> {
                lastBytes = bytes;
                lastTotal = total;
              },
              LIMITS));

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void installsACheckedFile() throws IOException {
    FetchedFile file = fetchPinned();

    assertArrayEquals(WEIGHTS, Files.readAllBytes(folder.resolve("weights.bin")));
    assertEquals(
        new FetchedFile(folder.resolve("weights.bin"), sha256(WEIGHTS), WEIGHTS.length, true, true),
        file);
    assertEquals(List.of("weights.bin"), names());
    assertEquals(WEIGHTS.length, lastBytes);
    assertEquals(WEIGHTS.length, lastTotal);
  }

  @Test
  void goesOnWhereABrokenDownloadStopped() throws IOException {
    Files.write(part(), Arrays.copyOf(WEIGHTS, 123_456));

    fetchPinned();

    assertArrayEquals(WEIGHTS, Files.readAllBytes(folder.resolve("weights.bin")));
    assertEquals(123_456, rangeOf(server.requests().get(0)));
    assertEquals(WEIGHTS.length, lastTotal);
  }

  @Test
  void aCutConnectionKeepsWhatArrivedForTheNextTime() throws IOException {
    answer(
        (head, socket) -> {
          reply(socket, "HTTP/1.1 200 OK\nContent-Length: " + WEIGHTS.length, head(100_000));
          socket.shutdownOutput();
        });
    ModelFetchException e = assertThrows(ModelFetchException.class, this::fetchPinned);

    assertTrue(e.getMessage().contains("100000 of 300000 bytes"), e.getMessage());
    assertEquals(List.of("weights.bin.part"), names());
    assertEquals(100_000, Files.size(part()));

    answer(ModelFetchTest::serveWithRanges);
    fetchPinned();

    assertEquals(100_000, rangeOf(server.requests().get(0)));
    assertArrayEquals(WEIGHTS, Files.readAllBytes(folder.resolve("weights.bin")));
  }

  @Test
  void aResetConnectionIsReportedAndNothingInstalled() throws IOException {
    answer(
        (head, socket) -> {
          reply(socket, "HTTP/1.1 200 OK\nContent-Length: " + WEIGHTS.length, head(50_000));
          LoopbackServer.cut(socket);
        });

    assertThrows(ModelFetchException.class, this::fetchPinned);

    assertFalse(Files.exists(folder.resolve("weights.bin")));
  }

  @Test
  void startsAgainWhereTheServerKnowsNoRanges() throws IOException {
    Files.write(part(), new byte[200_000]);
    answer(
        (head, socket) ->
            reply(socket, "HTTP/1.1 200 OK\nContent-Length: " + WEIGHTS.length, WEIGHTS));

    fetchPinned();

    assertArrayEquals(WEIGHTS, Files.readAllBytes(folder.resolve("weights.bin")));
  }

  @Test
  void startsAgainWhereMoreIsThereThanTheServerHas() throws IOException {
    Files.write(part(), new byte[WEIGHTS.length + 1]);

    fetchPinned();

    assertArrayEquals(WEIGHTS, Files.readAllBytes(folder.resolve("weights.bin")));
    assertEquals(2, server.requests().size());
  }

  @Test
  void refusesARangeThatWasNotAskedFor() throws IOException {
    Files.write(part(), head(1000));
    answer(
        (head, socket) ->
            reply(
                socket,
                "HTTP/1.1 206 Partial\nContent-Range: bytes 0-299999/300000\nContent-Length: 300000",
                WEIGHTS));

    assertThrows(ModelFetchException.class, this::fetchPinned);

    assertArrayEquals(head(1000), Files.readAllBytes(part()));
  }

  @Test
  void aWrongDigestIsRefusedAndNothingInstalled() throws IOException {
    PublishedFile wrong = file(Optional.of("0".repeat(64)));

    ModelFetchException e = assertThrows(ModelFetchException.class, () -> fetch(wrong, false));

    assertTrue(e.getMessage().contains("0".repeat(64)), e.getMessage());
    assertTrue(e.getMessage().contains(sha256(WEIGHTS)), e.getMessage());
    assertEquals(List.of(), names());
  }

  @Test
  void aResumedDownloadOfAnotherVersionIsRefused() throws IOException {
    Files.write(part(), new byte[100_000]);

    assertThrows(ModelFetchException.class, this::fetchPinned);
    assertEquals(List.of(), names());

    fetchPinned();
    assertEquals(List.of("weights.bin"), names());
  }

  @Test
  void aMissingFileIsReportedWithItsAddress() throws IOException {
    answer((head, socket) -> reply(socket, "HTTP/1.1 404 Not Found\nContent-Length: 0", head(0)));

    ModelFetchException e = assertThrows(ModelFetchException.class, this::fetchPinned);

    assertTrue(e.getMessage().contains("HTTP 404"), e.getMessage());
    assertTrue(e.getMessage().contains("/weights.bin"), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
    assertFalse(Files.exists(folder.resolve("weights.bin")));
  }

  @Test
  void aServerThatFallsSilentIsGivenUp() {
    answer(
        (head, socket) -> {
          reply(socket, "HTTP/1.1 200 OK\nContent-Length: 300000", head(10));
          LoopbackServer.hang(socket);
        });

    assertThrows(ModelFetchException.class, this::fetchPinned);
  }

  @Test
  void anEndlessFileDoesNotFillTheDisk() throws IOException {
    answer(
        (head, socket) -> {
          reply(socket, "HTTP/1.1 200 OK", new byte[0]);
          while (true) {
            socket.getOutputStream().write(WEIGHTS);
          }
        });

    ModelFetchException e = assertThrows(ModelFetchException.class, this::fetchPinned);

    assertTrue(e.getMessage().contains("the limit is 1000000"), e.getMessage());
    assertTrue(Files.size(part()) <= LIMITS.maxBytes());
  }

  @Test
  void redirectsAreFollowedWithTheRange() throws IOException {
    Files.write(part(), head(5));
    answer(
        (head, socket) -> {
          if (head.startsWith("GET /weights.bin ")) {
            reply(
                socket,
                "HTTP/1.1 302 Found\nContent-Length: 0\nLocation: " + server.uri() + "/cdn/x",
                new byte[0]);
          } else {
            serveWithRanges(head, socket);
          }
        });

    fetchPinned();

    assertEquals(5, rangeOf(server.requests().get(1)));
  }

  @Test
  void whatIsThereAndRightIsNotFetched() throws IOException {
    Files.write(folder.resolve("weights.bin"), WEIGHTS);

    FetchedFile file = fetchPinned();

    assertFalse(file.downloaded());
    assertTrue(file.verified());
    assertEquals(List.of(), server.requests());
  }

  @Test
  void whatIsThereAndWrongIsLeftAlone() throws IOException {
    Files.writeString(folder.resolve("weights.bin"), "mine");

    ModelFetchException e = assertThrows(ModelFetchException.class, this::fetchPinned);

    assertTrue(e.getMessage().contains("move the file away"), e.getMessage());
    assertEquals("mine", Files.readString(folder.resolve("weights.bin")));
    assertEquals(List.of(), server.requests());
  }

  @Test
  void anUnknownDigestHasToBeAccepted() {
    PublishedFile unknown = file(Optional.empty());

    assertThrows(ModelFetchException.class, () -> fetch(unknown, false));
    assertEquals(List.of(), server.requests());

    FetchedFile file = fetch(unknown, true);
    assertEquals(sha256(WEIGHTS), file.sha256());
    assertFalse(file.verified());
  }

  @Test
  void aDownloadOfUnknownDigestIsNotResumed() throws IOException {
    Files.write(part(), new byte[100_000]);

    FetchedFile file = fetch(file(Optional.empty()), true);

    assertEquals(sha256(WEIGHTS), file.sha256());
    assertEquals(-1, rangeOf(server.requests().get(0)));
  }

  @Test
  void aStatedDigestIsChecked() {
    PublishedModel model = new PublishedModel("m", "test", List.of(file(Optional.empty())));
    String upper = sha256(WEIGHTS).toUpperCase(java.util.Locale.ROOT);

    FetchedFile file = fetch.fetch(model, folder, Map.of("weights.bin", upper), false).get(0);

    assertTrue(file.verified());
    assertThrows(
        IllegalArgumentException.class,
        () -> fetch.fetch(model, folder, Map.of("other.bin", upper), false));
    assertThrows(
        IllegalArgumentException.class,
        () -> fetch.fetch(model, folder, Map.of("weights.bin", "abc"), false));
  }

  @Test
  void twoFetchesDoNotWriteOneFile() throws IOException {
    try (FileChannel channel =
            FileChannel.open(part(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertTrue(lock.isValid());
      ModelFetchException e = assertThrows(ModelFetchException.class, this::fetchPinned);
      assertTrue(e.getMessage().contains("being written already"), e.getMessage());
    }
  }

  private void answer(LoopbackServer.Answer answer) {
    server.close();
    server = LoopbackServer.start(answer);
  }

  private FetchedFile fetchPinned() {
    return fetch(file(Optional.of(sha256(WEIGHTS))), false);
  }

  private FetchedFile fetch(PublishedFile file, boolean acceptUnverified) {
    PublishedModel model = new PublishedModel("m", "test", List.of(file));
    return fetch.fetch(model, folder, Map.of(), acceptUnverified).get(0);
  }

  private PublishedFile file(Optional<String> sha256) {
    return new PublishedFile("weights.bin", URI.create(server.uri() + "/weights.bin"), sha256);
  }

  private Path part() {
    return folder.resolve("weights.bin.part");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static byte[] head(int length) {
    return Arrays.copyOf(WEIGHTS, length);
  }

  private static int rangeOf(String requestHead) {
    Matcher range = RANGE.matcher(requestHead);
    return range.find() ? Integer.parseInt(range.group(1)) : -1;
  }

  private static void serveWithRanges(String head, Socket socket) throws IOException {
    int start = rangeOf(head);
    if (start >= WEIGHTS.length) {
      reply(socket, "HTTP/1.1 416 Range Not Satisfiable\nContent-Length: 0", new byte[0]);
    } else if (start >= 0) {
      byte[] rest = Arrays.copyOfRange(WEIGHTS, start, WEIGHTS.length);
      reply(
          socket,
          "HTTP/1.1 206 Partial Content\nContent-Range: bytes %d-%d/%d\nContent-Length: %d"
              .formatted(start, WEIGHTS.length - 1, WEIGHTS.length, rest.length),
          rest);
    } else {
      reply(socket, "HTTP/1.1 200 OK\nContent-Length: " + WEIGHTS.length, WEIGHTS);
    }
  }

  private static void reply(Socket socket, String head, byte[] body) throws IOException {
    LoopbackServer.reply(socket, head + "\nConnection: close", body);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
