package dev.heliograph.store;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.ObjectStore;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.PutObjectArgs;
import io.minio.errors.MinioException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Artifacts in an S3 bucket: one PUT each, whatever the size, with media type, the SDK's checksum
 * header (which the server verifies) and the sha256 as user metadata, {@code x-amz-meta-sha256}.
 * Thread-safe. Does not retry, see {@link S3Connection}.
 */
public final class S3ObjectStore implements ObjectStore {
  private static final String SHA256_METADATA = "sha256";

  private final S3Connection connection;
  private final S3Config config;

  /**
   * @param connection stays its opener's; artifacts go to its configuration's bucket
   */
  public S3ObjectStore(S3Connection connection) {
    this.connection = connection;
    this.config = connection.config();
  }

  /**
   * {@inheritDoc}
   *
   * @throws QueryFailedException with STORE_UNAVAILABLE; its cause is a {@link
   *     StoreMisconfiguredException} if waiting will not help
   * @throws IllegalArgumentException if the key is not of {@code [A-Za-z0-9._-]} segments
   */
  @Override
  public Artifact put(String key, EncodedObject object) {
    URI uri = URI.create("s3://" + config.bucket() + "/" + ObjectKeys.requireSafe(key));
    String sha256 = Sha256.hex(object.bytes());
    try {
      connection
          .client()
          .putObject(
              PutObjectArgs.builder()
                  .bucket(config.bucket())
                  .object(key)
                  .contentType(object.mediaType())
                  .userMetadata(Map.of(SHA256_METADATA, sha256))
                  .data(object.bytes(), object.bytes().length)
                  .build());
      return new Artifact(uri, url(key), sha256, object.bytes().length, object.mediaType());
    } catch (MinioException | IllegalStateException e) {
      throw unavailable(S3Connection.classified(uri + ": not stored", e));
    }
  }

  /** Does nothing: the connection is its opener's. */
  @Override
  public void close() {}

  private URI url(String key) throws MinioException {
    Optional<URI> base = config.publicBaseUrl();
    if (base.isPresent()) {
      return URI.create(base.get().toString().replaceFirst("/$", "") + "/" + key);
    }
    // Computed here: with the region known, no request is made.
    return URI.create(
        connection
            .client()
            .getPresignedObjectUrl(
                GetPresignedObjectUrlArgs.builder()
                    .method(Http.Method.GET)
                    .bucket(config.bucket())
                    .object(key)
                    .expiry(Math.toIntExact(config.presignExpiry().toSeconds()))
                    .build()));
  }

  /** The port knows one failure; who wants to tell misconfiguration apart looks at the cause. */
  private static QueryFailedException unavailable(RuntimeException classified) {
    return classified instanceof QueryFailedException failure
        ? failure
        : new QueryFailedException(
            FailureCode.STORE_UNAVAILABLE, classified.getMessage(), classified);
  }
}
