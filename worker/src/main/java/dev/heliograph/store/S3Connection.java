package dev.heliograph.store;

import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import io.minio.BucketExistsArgs;
import io.minio.GetObjectLockConfigurationArgs;
import io.minio.Http;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.SetObjectLockConfigurationArgs;
import io.minio.credentials.Provider;
import io.minio.errors.MinioException;
import io.minio.messages.ObjectLockConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/**
 * One client of one object store, shared by all that reads and writes there; its opener closes it,
 * last. Thread-safe. Trusts the JDK's certificates, and those of the configuration or, without any
 * there, those that {@code SSL_CERT_FILE} or {@code SSL_CERT_DIR} name.
 *
 * <p>One call is one request. The SDK's own client would repeat a request up to five times after an
 * HTTP 408, 429, 499 or 5xx, and OkHttp would repeat one whose connection broke: both are off here,
 * because the pipeline retries. What OkHttp's repetition was for, a pooled connection that the
 * server has meanwhile closed, is kept rare by dropping idle connections before servers do. Nor are
 * redirects followed: a signature holds for one host only.
 */
public final class S3Connection implements AutoCloseable {
  /** Below the idle timeouts that servers and load balancers have, the shortest being some 10 s. */
  private static final Duration POOLED_IDLE = Duration.ofSeconds(5);

  /** Over the worker's upload threads; OkHttp's own 5 per host would queue them. */
  private static final int MAX_CONCURRENT_REQUESTS = 64;

  private final S3Config config;
  private final MinioClient client;
  private final S3Uploads uploads;

  private S3Connection(S3Config config, MinioClient client, S3Uploads uploads) {
    this.config = config;
    this.client = client;
    this.uploads = uploads;
  }

  /** Opens no network connection yet: {@link #probe} does. */
  public static S3Connection open(S3Config config) {
    OkHttpClient http = httpClient(config);
    Provider credentials = S3CredentialsProvider.of(config.credentials(), http);
    MinioClient client =
        MinioClient.builder()
            .endpoint(config.endpoint().toString())
            .region(config.region())
            .credentialsProvider(credentials)
            .httpClient(http, true)
            .build();
    return new S3Connection(config, client, S3Uploads.over(http, config, credentials));
  }

  public S3Config config() {
    return config;
  }

  /**
   * Returns if the artifacts' bucket is there and may be read: for readiness.
   *
   * @throws QueryFailedException with STORE_UNAVAILABLE if the store does not answer
   * @throws StoreMisconfiguredException if it answers, but not for this bucket or these keys
   */
  public void probe() {
    probe(config.bucket());
  }

  /** The same for another bucket of the store. */
  public void probe(String bucket) {
    if (!exists(bucket)) {
      String message = describe(bucket) + ": there is no such bucket";
      throw new StoreMisconfiguredException(message, null);
    }
  }

  /**
   * For demonstrations and tests; production buckets are their owner's business.
   *
   * @throws QueryFailedException with STORE_UNAVAILABLE if the store does not answer
   * @throws StoreMisconfiguredException if it answers, but may not or cannot do this
   */
  public void createBucketIfAbsent(String bucket) {
    if (!exists(bucket)) {
      try {
        client.makeBucket(MakeBucketArgs.builder().bucket(bucket).build());
      } catch (MinioException | IllegalStateException e) {
        throw classified(describe(bucket) + ": cannot be created", e);
      }
    }
  }

  /**
   * Makes a bucket whose objects can be protected, and are by default for a time. A bucket that is
   * there must have been made so.
   *
   * @param period for objects that are put without a retention of their own; empty: none
   * @throws QueryFailedException with STORE_UNAVAILABLE if the store does not answer
   * @throws StoreMisconfiguredException if it answers, but may not or cannot do this
   */
  public void createLockedBucket(String bucket, Optional<WriteOnce.Period> period) {
    try {
      if (!exists(bucket)) {
        client.makeBucket(MakeBucketArgs.builder().bucket(bucket).objectLock(true).build());
      }
      if (period.isPresent()) {
        int days = Math.toIntExact(period.get().duration().toDays());
        client.setObjectLockConfiguration(
            SetObjectLockConfigurationArgs.builder()
                .bucket(bucket)
                .config(
                    new ObjectLockConfiguration(
                        period.get().storeMode(),
                        new ObjectLockConfiguration.RetentionDurationDays(days)))
                .build());
      }
      requireObjectLock(bucket);
    } catch (MinioException | IllegalStateException e) {
      throw classified(describe(bucket) + ": cannot be made with object lock", e);
    }
  }

  /**
   * Returns if the bucket's objects can be protected. A store that knows no object lock may ignore
   * what it is asked with a put, so this is asked before.
   *
   * @throws QueryFailedException with STORE_UNAVAILABLE if the store does not answer
   * @throws StoreMisconfiguredException if the bucket has no object lock, or the store knows none
   */
  public void requireObjectLock(String bucket) {
    try {
      client.getObjectLockConfiguration(
          GetObjectLockConfigurationArgs.builder().bucket(bucket).build());
    } catch (MinioException | IllegalStateException e) {
      throw classified(describe(bucket) + ": has no object lock", e);
    }
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (Exception e) {
      throw new IllegalStateException("closing the object store's client failed", e);
    }
  }

  MinioClient client() {
    return client;
  }

  S3Uploads uploads() {
    return uploads;
  }

  /** One line that says what was being done, what went wrong and what to look at. */
  static RuntimeException classified(String doing, Exception thrown) {
    S3Fault fault = S3Fault.of(thrown);
    if (fault.kind() == S3Fault.Kind.UNAVAILABLE) {
      return new QueryFailedException(
          FailureCode.STORE_UNAVAILABLE,
          doing + ": the object store is unavailable: " + fault.detail(),
          thrown);
    }
    return new StoreMisconfiguredException(
        doing + ": the object store refuses, see its configuration: " + fault.detail(), thrown);
  }

  private boolean exists(String bucket) {
    try {
      return client.bucketExists(BucketExistsArgs.builder().bucket(bucket).build());
    } catch (MinioException | IllegalStateException e) {
      throw classified(describe(bucket) + ": cannot be reached", e);
    }
  }

  private String describe(String bucket) {
    return "s3://" + bucket + " at " + config.endpoint();
  }

  private static OkHttpClient httpClient(S3Config config) {
    S3Config.Timeouts timeouts = config.timeouts();
    boolean encrypted = "https".equals(config.endpoint().getScheme());
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(MAX_CONCURRENT_REQUESTS);
    dispatcher.setMaxRequestsPerHost(MAX_CONCURRENT_REQUESTS);
    OkHttpClient client =
        new OkHttpClient.Builder()
            .protocols(List.of(Protocol.HTTP_1_1))
            // Without TLS, half a second of reading certificates is saved.
            .connectionSpecs(
                List.of(encrypted ? ConnectionSpec.MODERN_TLS : ConnectionSpec.CLEARTEXT))
            .dispatcher(dispatcher)
            .connectionPool(
                new ConnectionPool(
                    MAX_CONCURRENT_REQUESTS, POOLED_IDLE.toMillis(), TimeUnit.MILLISECONDS))
            .connectTimeout(timeouts.connect())
            .readTimeout(timeouts.idle())
            .writeTimeout(timeouts.idle())
            .callTimeout(timeouts.call())
            .retryOnConnectionFailure(false)
            .followRedirects(false)
            .followSslRedirects(false)
            .addInterceptor(new S3ErrorReply())
            .build();
    return encrypted ? trusting(client, config.caCertificates()) : client;
  }

  private static OkHttpClient trusting(OkHttpClient client, Optional<Path> certificates) {
    try {
      return certificates.isPresent()
          ? Http.enableExternalCertificates(client, certificates.get().toString(), null)
          : Http.enableExternalCertificatesFromEnv(client);
    } catch (MinioException e) {
      String origin = certificates.map(Path::toString).orElse("SSL_CERT_FILE or SSL_CERT_DIR");
      throw new IllegalArgumentException(
          "store certificates: " + origin + " is unusable: " + e.getMessage(), e);
    }
  }
}
