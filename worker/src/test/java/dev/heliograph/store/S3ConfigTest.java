package dev.heliograph.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3ConfigTest {
  private static final String SECRET = "s3cr3t-k3y-that-nobody-may-see";
  private static final S3Config VALID =
      S3Config.of(URI.create("https://store:9000"), "eu-central-1", "artifacts", "id", SECRET);

  @Test
  void defaults() {
    assertEquals(Optional.empty(), VALID.publicBaseUrl());
    assertEquals(Duration.ofDays(7), VALID.presignExpiry());
    assertEquals(
        new S3Config.Timeouts(
            Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(60)),
        VALID.timeouts());
  }

  @Test
  void neverPrintsTheKeys() {
    assertFalse(VALID.toString().contains(SECRET), VALID.toString());
    assertFalse(VALID.withPublicBaseUrl(URI.create("https://cdn/x")).toString().contains(SECRET));
    assertTrue(VALID.toString().contains("https://store:9000"));
  }

  @Test
  void complaintsDoNotShowKeysEither() {
    String invalid = SECRET + "\n";
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> S3Config.of(VALID.endpoint(), "eu", "artifacts", "id", invalid));
    assertFalse(e.getMessage().contains(SECRET), e.getMessage());

    URI withUser = URI.create("https://id:" + SECRET + "@store:9000");
    IllegalArgumentException f =
        assertThrows(
            IllegalArgumentException.class,
            () -> S3Config.of(withUser, "eu", "artifacts", "id", "k"));
    assertFalse(f.getMessage().contains(SECRET), f.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "store:9000",
        "s3://store",
        "ftp://store",
        "file:///x",
        "http:///",
        "http://store/path",
        "http://store?x=1",
        "http://store#x",
        "http://user@store",
        "/store"
      })
  void refusesAnEndpointThatIsNoPlainHttpAddress(String endpoint) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> S3Config.of(URI.create(endpoint), "eu", "artifacts", "id", "k"));
    assertTrue(e.getMessage().startsWith("store endpoint: "), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ab", "UPPER", "a_b", "-ab", "a..b", "a/b", "a b", "bucket%2f"})
  void refusesABucketThatIsNone(String bucket) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> S3Config.of(VALID.endpoint(), "eu", bucket, "id", "k"));
    assertTrue(e.getMessage().startsWith("store bucket: "), e.getMessage());
  }

  @Test
  void refusesBlankRegionAndKeys() {
    URI endpoint = VALID.endpoint();
    assertThrows(
        IllegalArgumentException.class, () -> S3Config.of(endpoint, "", "bucket", "id", "k"));
    assertThrows(
        IllegalArgumentException.class, () -> S3Config.of(endpoint, "eu", "bucket", " ", "k"));
    assertThrows(
        IllegalArgumentException.class, () -> S3Config.of(endpoint, "eu", "bucket", "id", ""));
  }

  @Test
  void refusesAnExpiryThatS3WouldNotSign() {
    assertThrows(IllegalArgumentException.class, () -> VALID.withPresignExpiry(Duration.ofDays(8)));
    assertThrows(IllegalArgumentException.class, () -> VALID.withPresignExpiry(Duration.ZERO));
  }

  @Test
  void refusesTimeoutsThatNeverOrAlwaysStrike() {
    Duration second = Duration.ofSeconds(1);
    assertThrows(
        IllegalArgumentException.class, () -> new S3Config.Timeouts(Duration.ZERO, second, second));
    assertThrows(
        IllegalArgumentException.class,
        () -> new S3Config.Timeouts(second, Duration.ofNanos(1), second));
    assertThrows(
        IllegalArgumentException.class,
        () -> new S3Config.Timeouts(second, second, Duration.ofDays(1)));
  }
}
