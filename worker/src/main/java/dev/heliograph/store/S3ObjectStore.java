package dev.heliograph.store;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.ObjectStore;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import io.minio.errors.MinioException;
import java.util.Map;

/**
 * Artifacts in an S3 bucket: one PUT each, whatever the size, with media type and sha256, both as
 * checksum, which the server verifies, and as user metadata, {@code x-amz-meta-sha256}.
 * Thread-safe. Does not retry, see {@link S3Connection}.
 */
public final class S3ObjectStore implements ObjectStore {
  private final S3Objects objects;
  private final S3Urls urls;

  /** Without protection; see {@link #S3ObjectStore(S3Connection, WriteOnce)}. */
  public S3ObjectStore(S3Connection connection) {
    this(connection, WriteOnce.NONE);
  }

  /**
   * @param connection stays its opener's; artifacts go to its configuration's bucket
   * @param writeOnce how long they are protected
   */
  public S3ObjectStore(S3Connection connection, WriteOnce writeOnce) {
    this.objects = new S3Objects(connection, connection.config().bucket(), writeOnce);
    this.urls = new S3Urls(connection);
  }

  /**
   * {@inheritDoc}
   *
   * @throws QueryFailedException with STORE_UNAVAILABLE, or with STORE_REFUSED and a {@link
   *     StoreMisconfiguredException} as its cause
   * @throws IllegalArgumentException if the key is not of {@code [A-Za-z0-9._-]} segments
   */
  @Override
  public Artifact put(String key, EncodedObject object) {
    ObjectKeys.requireSafe(key);
    DigestedObject digested = DigestedObject.of(object);
    try {
      objects.put(key, digested, Map.of());
      return urls.artifact(key, digested);
    } catch (MinioException | IllegalStateException e) {
      throw failure(S3Connection.classified(urls.uri(key) + ": not stored", e));
    }
  }

  /** Does nothing: the connection is its opener's. */
  @Override
  public void close() {}

  /** Whether the store is away or refuses is the failure's code. */
  static QueryFailedException failure(RuntimeException classified) {
    return classified instanceof QueryFailedException outage
        ? outage
        : new QueryFailedException(FailureCode.STORE_REFUSED, classified.getMessage(), classified);
  }
}
