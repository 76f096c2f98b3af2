package dev.heliograph.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.ImageSourceException;
import dev.heliograph.pipeline.ObjectStore;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.errors.ErrorResponseException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds of objects in any real S3 server, and of reading them back as images. */
abstract class S3ObjectStoreContract extends ObjectStoreContract {
  static final String BUCKET = "artifacts";

  private S3Connection connection;

  /** A running server; the bucket may be absent. */
  abstract S3Config config();

  @BeforeEach
  void connect() {
    connection = S3Connection.open(config());
    connection.createBucketIfAbsent(BUCKET);
  }

  @AfterEach
  void disconnect() {
    connection.close();
  }

  @Override
  ObjectStore store() {
    return new S3ObjectStore(connection);
  }

  @Test
  void uriNamesBucketAndKey() {
    assertEquals(URI.create("s3://artifacts/q/results.json"), put("q/results.json", "{}").uri());
  }

  @Test
  void mediaTypeAndSha256AreKeptWithTheObject() throws Exception {
    Artifact artifact = put("described.npy", "hello");

    StatObjectResponse stat =
        connection
            .client()
            .statObject(StatObjectArgs.builder().bucket(BUCKET).object("described.npy").build());
    assertEquals("application/x-npy", stat.contentType());
    assertEquals(artifact.bytes(), stat.size());
    assertEquals(Set.of(artifact.sha256()), stat.userMetadata().get("sha256"));
  }

  @Test
  void bytesThatAreNotThoseOfTheDigestAreRefused() throws Exception {
    S3Objects objects = new S3Objects(connection, BUCKET, WriteOnce.NONE);
    DigestedObject damaged =
        new DigestedObject(
            new EncodedObject(new byte[] {1, 2, 4}, "image/png"),
            Sha256.of(new byte[] {1, 2, 3}, 3));

    assertThrows(ErrorResponseException.class, () -> objects.put("damaged", damaged, Map.of()));
    assertEquals(Optional.empty(), objects.get("damaged", 10));
  }

  @Test
  void presignedUrlServesTheMediaType() throws Exception {
    Artifact artifact = store().put("a.png", new EncodedObject(new byte[] {1}, "image/png"));

    HttpURLConnection http = (HttpURLConnection) artifact.url().toURL().openConnection();

    assertEquals(200, http.getResponseCode());
    assertEquals("image/png", http.getContentType());
    http.disconnect();
  }

  @Test
  void presignedUrlCarriesItsExpiryAndNotTheSecret() {
    try (S3Connection brief =
        S3Connection.open(config().withPresignExpiry(Duration.ofMinutes(5)))) {
      URI url =
          new S3ObjectStore(brief).put("x", new EncodedObject(new byte[0], "image/png")).url();

      assertTrue(url.getQuery().contains("X-Amz-Expires=300"), url.toString());
      assertTrue(!url.toString().contains(config().secretKey()));
    }
  }

  @Test
  void tamperedUrlIsRefused() throws Exception {
    URI url = put("private", "x").url();

    URI other = URI.create(url.toString().replace("/private?", "/other?"));
    HttpURLConnection http = (HttpURLConnection) other.toURL().openConnection();

    assertEquals(403, http.getResponseCode());
    http.disconnect();
  }

  @Test
  void publicBaseUrlReplacesPresigning() {
    URI base = URI.create("https://cdn.example/heliograph/");
    try (S3Connection open = S3Connection.open(config().withPublicBaseUrl(base))) {
      URI url =
          new S3ObjectStore(open).put("q/a.png", new EncodedObject(new byte[1], "image/png")).url();

      assertEquals(URI.create("https://cdn.example/heliograph/q/a.png"), url);
    }
  }

  @Test
  void missingBucketIsReportedAsMisconfiguration() {
    S3Config elsewhere =
        S3Config.of(
            config().endpoint(),
            config().region(),
            "no-such-bucket",
            config().accessKey(),
            config().secretKey());
    try (S3Connection open = S3Connection.open(elsewhere)) {
      assertThrows(StoreMisconfiguredException.class, open::probe);
      assertMisconfigured(open, "NoSuchBucket");
    }
  }

  @Test
  void wrongSecretIsReportedAsMisconfiguration() {
    S3Config stranger =
        S3Config.of(
            config().endpoint(), config().region(), BUCKET, config().accessKey(), "not-the-secret");
    try (S3Connection open = S3Connection.open(stranger)) {
      assertThrows(StoreMisconfiguredException.class, open::probe);
      assertMisconfigured(open, "SignatureDoesNotMatch");
    }
  }

  @Test
  void probeIsQuietWhenAllIsWell() {
    connection.probe();
  }

  @Test
  void creatingABucketTwiceIsNoFault() {
    connection.createBucketIfAbsent(BUCKET);
    connection.createBucketIfAbsent(BUCKET);
  }

  @Test
  void imagesAreReadFromAllowedBuckets() {
    put("refs/cat.png", "cat");
    S3ImageSource source = new S3ImageSource(connection, List.of(S3Location.parse(BUCKET)));

    assertEquals("cat", text(source.read(URI.create("s3://artifacts/refs/cat.png"), 3)));
  }

  @Test
  void imagesAreReadFromAllowedPrefixesOnly() {
    put("refs/cat.png", "cat");
    put("refs-secret/cat.png", "secret");
    S3ImageSource source =
        new S3ImageSource(connection, List.of(S3Location.parse("artifacts/refs")));

    assertEquals("cat", text(source.read(URI.create("s3://artifacts/refs/cat.png"), 99)));
    assertReason(
        ImageSourceException.Reason.FORBIDDEN, source, "s3://artifacts/refs-secret/cat.png", 99);
  }

  @Test
  void imagesOverTheLimitAreNotRead() {
    put("big.png", "12345");
    S3ImageSource source = new S3ImageSource(connection, List.of(S3Location.parse(BUCKET)));

    assertEquals(5, source.read(URI.create("s3://artifacts/big.png"), 5).length);
    assertReason(ImageSourceException.Reason.TOO_LARGE, source, "s3://artifacts/big.png", 4);
  }

  @Test
  void missingImagesAndBucketsAreNotFound() {
    S3ImageSource source =
        new S3ImageSource(
            connection, List.of(S3Location.parse(BUCKET), S3Location.parse("no-such-bucket")));

    assertReason(ImageSourceException.Reason.NOT_FOUND, source, "s3://artifacts/none.png", 9);
    assertReason(ImageSourceException.Reason.NOT_FOUND, source, "s3://no-such-bucket/x.png", 9);
  }

  @Test
  void foldersAreListedInOrderAndReadByName() throws Exception {
    List<String> expected = new ArrayList<>();
    for (String name : List.of("b.JPG", "a.png", "sub/c.webp", "red dress é %.jpeg", "Z.tiff")) {
      putRaw("world/" + name, name);
      expected.add(name);
    }
    for (String name : List.of("notes.txt", "a.png.json", "noextension")) {
      putRaw("world/" + name, name);
    }
    putRaw("world2/other.png", "beyond the prefix");
    Collections.sort(expected);
    S3ImageFolder folder = new S3ImageFolder(connection, S3Location.parse("s3://artifacts/world"));

    assertEquals(expected, folder.names());
    assertEquals(URI.create("s3://artifacts/world/"), folder.root());
    for (String name : expected) {
      assertEquals(name, text(folder.read(name, 100)));
    }
  }

  @Test
  void aListedImageCanBeReadByItsUri() throws Exception {
    putRaw("world/red dress é %.jpeg", "dress");
    URI uri = new S3Address(BUCKET, "world/red dress é %.jpeg").toUri();
    GalleryImageSource source =
        new GalleryImageSource(
            List.of(URI.create("s3://artifacts/world/")), java.util.Optional.of(connection));

    assertEquals("dress", text(source.read(uri, 100)));
    assertEquals(
        ImageSourceException.Reason.FORBIDDEN,
        assertThrows(
                ImageSourceException.class,
                () -> source.read(URI.create("s3://artifacts/other/x.png"), 100))
            .reason());
  }

  @Test
  void listingGoesOnBeyondOnePage() throws Exception {
    for (int i = 0; i < 1005; i++) {
      put(String.format("many/%04d.png", i), "");
    }

    List<String> names = new S3ImageFolder(connection, S3Location.parse("artifacts/many")).names();

    assertEquals(1005, names.size());
    assertEquals("0000.png", names.get(0));
    assertEquals("1004.png", names.get(1004));
  }

  @Test
  void listingAMissingBucketIsReported() {
    S3ImageFolder folder = new S3ImageFolder(connection, S3Location.parse("no-such-bucket"));

    assertThrows(StoreMisconfiguredException.class, folder::names);
  }

  private static void assertMisconfigured(S3Connection open, String code) {
    QueryFailedException failure =
        assertThrows(
            QueryFailedException.class,
            () -> new S3ObjectStore(open).put("k", new EncodedObject(new byte[1], "image/png")));
    assertEquals(FailureCode.STORE_REFUSED, failure.code());
    assertInstanceOf(StoreMisconfiguredException.class, failure.getCause());
    assertTrue(failure.getMessage().contains(code), failure.getMessage());
    assertTrue(failure.getMessage().startsWith("s3://"), failure.getMessage());
  }

  private static void assertReason(
      ImageSourceException.Reason reason, S3ImageSource source, String uri, long maxBytes) {
    assertEquals(
        reason,
        assertThrows(ImageSourceException.class, () -> source.read(URI.create(uri), maxBytes))
            .reason());
  }

  private void putRaw(String key, String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    connection
        .client()
        .putObject(
            io.minio.PutObjectArgs.builder()
                .bucket(BUCKET)
                .object(key)
                .data(bytes, bytes.length)
                .build());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
