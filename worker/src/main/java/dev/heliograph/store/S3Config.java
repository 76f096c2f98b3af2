package dev.heliograph.store;

import dev.heliograph.query.Text;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How to reach an S3-compatible object store. What matters first: {@code endpoint}, {@code bucket},
 * and {@code publicBaseUrl}, without which the URLs in completion events stop working after {@code
 * presignExpiry}.
 *
 * @param endpoint {@code http} or {@code https}, host and port only
 * @param region what requests are signed for; must be the store's own
 * @param bucket where artifacts go
 * @param credentials who the worker is; its secrets are never printed
 * @param caCertificates PEM file of authorities that may sign the store's certificate, beside those
 *     that the JDK trusts
 * @param publicBaseUrl where the bucket's root is publicly readable: an object's URL is this, a
 *     slash and its key. Without it, URLs are presigned
 * @param presignExpiry how long a presigned URL works, 1 second to 7 days (S3's limit)
 */
public record S3Config(
    URI endpoint,
    String region,
    String bucket,
    S3Credentials credentials,
    Optional<Path> caCertificates,
    Optional<URI> publicBaseUrl,
    Duration presignExpiry,
    Timeouts timeouts) {

  public static final Duration DEFAULT_PRESIGN_EXPIRY = Duration.ofDays(7);

  private static final Duration MAX_PRESIGN_EXPIRY = Duration.ofDays(7);
  private static final Pattern REGION = Pattern.compile("[A-Za-z0-9-]{1,64}");

  /**
   * When a silent or slow store counts as unavailable, 1 millisecond to 1 hour each.
   *
   * @param connect until a connection is made
   * @param idle while no byte moves
   * @param call for one request and its reply with their bodies, however steadily bytes trickle
   */
  public record Timeouts(Duration connect, Duration idle, Duration call) {
    private static final Duration MAX = Duration.ofHours(1);

    /** A 40 MB artifact still gets through at 0.7 MB/s. */
    public static final Timeouts DEFAULT =
        new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(60));

    public Timeouts {
      requireWithin("connect timeout", connect, Duration.ofMillis(1), MAX);
      requireWithin("idle timeout", idle, Duration.ofMillis(1), MAX);
      requireWithin("call timeout", call, Duration.ofMillis(1), MAX);
    }
  }

  /**
   * @throws IllegalArgumentException naming the setting, the value and the limit; never a key
   */
  public S3Config {
    Objects.requireNonNull(credentials, "credentials");
    Objects.requireNonNull(caCertificates, "caCertificates");
    Objects.requireNonNull(publicBaseUrl, "publicBaseUrl");
    Objects.requireNonNull(timeouts, "timeouts");
    require(isHttp(endpoint) && isRoot(endpoint), "endpoint", endpoint, "http(s)://host:port");
    require(REGION.matcher(region).matches(), "region", region, "1 to 64 of [A-Za-z0-9-]");
    require(S3Address.isBucket(bucket), "bucket", bucket, "3 to 63 of [a-z0-9.-]");
    publicBaseUrl.ifPresent(
        url -> require(isHttp(url), "public base URL", url, "http(s)://host/path"));
    requireWithin("presign expiry", presignExpiry, Duration.ofSeconds(1), MAX_PRESIGN_EXPIRY);
  }

  /** With keys that do not change, presigned URLs and every default. */
  public static S3Config of(
      URI endpoint, String region, String bucket, String accessKey, String secretKey) {
    return new S3Config(
        endpoint,
        region,
        bucket,
        new S3Credentials.Static(accessKey, secretKey),
        Optional.empty(),
        Optional.empty(),
        DEFAULT_PRESIGN_EXPIRY,
        Timeouts.DEFAULT);
  }

  /** The same store, whose objects a browser finds below this URL. */
  public S3Config withPublicBaseUrl(URI url) {
    return with(Optional.of(url), presignExpiry, timeouts);
  }

  public S3Config withPresignExpiry(Duration expiry) {
    return with(publicBaseUrl, expiry, timeouts);
  }

  public S3Config withTimeouts(Timeouts other) {
    return with(publicBaseUrl, presignExpiry, other);
  }

  /** The same store, seen as somebody else. */
  public S3Config withCredentials(S3Credentials other) {
    return new S3Config(
        endpoint, region, bucket, other, caCertificates, publicBaseUrl, presignExpiry, timeouts);
  }

  /** The same store, trusted if one of these authorities has signed its certificate. */
  public S3Config withCaCertificates(Path pem) {
    return new S3Config(
        endpoint,
        region,
        bucket,
        credentials,
        Optional.of(pem),
        publicBaseUrl,
        presignExpiry,
        timeouts);
  }

  private S3Config with(Optional<URI> baseUrl, Duration expiry, Timeouts limits) {
    return new S3Config(
        endpoint, region, bucket, credentials, caCertificates, baseUrl, expiry, limits);
  }

  /**
   * The access key.
   *
   * @throws IllegalStateException unless the credentials are static
   */
  public String accessKey() {
    return fixed().accessKey();
  }

  /**
   * The secret key; not to be printed.
   *
   * @throws IllegalStateException unless the credentials are static
   */
  public String secretKey() {
    return fixed().secretKey();
  }

  private S3Credentials.Static fixed() {
    if (credentials instanceof S3Credentials.Static keys) {
      return keys;
    }
    throw new IllegalStateException("the keys are not static: " + credentials);
  }

  /** Without the keys. */
  @Override
  public String toString() {
    String urls = publicBaseUrl.map(URI::toString).orElse("presigned for " + presignExpiry);
    return String.format(
        "S3Config[endpoint=%s, region=%s, bucket=%s, credentials=%s, urls=%s, %s]",
        endpoint, region, bucket, credentials, urls, timeouts);
  }

  private static boolean isHttp(URI uri) {
    return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
        && uri.getHost() != null
        && uri.getRawUserInfo() == null
        && uri.getRawQuery() == null
        && uri.getRawFragment() == null;
  }

  private static boolean isRoot(URI uri) {
    return uri.getRawPath().isEmpty() || uri.getRawPath().equals("/");
  }

  private static void requireWithin(String setting, Duration value, Duration low, Duration high) {
    boolean within = value.compareTo(low) >= 0 && value.compareTo(high) <= 0;
    require(within, setting, value, low + " to " + high);
  }

  private static void require(boolean valid, String setting, Object value, String wanted) {
    if (!valid) {
      String shown = Text.shorten(withoutUser(value.toString()));
      throw new IllegalArgumentException(
          "store " + setting + ": \"" + shown + "\" is not " + wanted);
    }
  }

  /** A URI's user part may hold a secret. */
  static String withoutUser(String uri) {
    return uri.replaceFirst("//[^/]*@", "//(user)@");
  }
}
