package dev.heliograph.store;

import dev.heliograph.audit.RecordStore;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import io.minio.errors.MinioException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * Records in the artifacts' bucket, each written once. Thread-safe. Does not retry, see {@link
 * S3Connection}.
 */
public final class S3RecordStore implements RecordStore {
  /** A record of a thousand results, each with a map of 24 × 24, has some 15 MB. */
  private static final int MAX_BYTES = 64 << 20;

  private static final String MEDIA_TYPE = "application/vnd.dsse.envelope.v1+json";

  private final S3Objects objects;
  private final S3Urls urls;

  /**
   * @param connection stays its opener's; records go to its configuration's bucket
   * @param writeOnce how long they are protected
   */
  public S3RecordStore(S3Connection connection, WriteOnce writeOnce) {
    this.objects = new S3Objects(connection, connection.config().bucket(), writeOnce);
    this.urls = new S3Urls(connection);
  }

  @Override
  public Optional<Artifact> putIfAbsent(String key, EncodedObject record) {
    DigestedObject digested = DigestedObject.of(record);
    try {
      boolean stored =
          objects.put(ObjectKeys.requireSafe(key), digested, Map.of("If-None-Match", "*"));
      return stored ? Optional.of(urls.artifact(key, digested)) : Optional.empty();
    } catch (MinioException | IllegalStateException e) {
      throw failure(urls.uri(key) + ": not stored", e);
    }
  }

  @Override
  public Kept get(String key) {
    try {
      byte[] bytes =
          objects
              .get(ObjectKeys.requireSafe(key), MAX_BYTES)
              .orElseThrow(
                  () ->
                      new QueryFailedException(
                          FailureCode.STORE_UNAVAILABLE, urls.uri(key) + ": is gone again"))
              .bytes();
      if (bytes.length == MAX_BYTES) {
        throw new QueryFailedException(
            FailureCode.STORE_REFUSED, urls.uri(key) + ": is larger than a record can be");
      }
      return new Kept(
          urls.artifact(key, DigestedObject.of(new EncodedObject(bytes, MEDIA_TYPE))), bytes);
    } catch (MinioException | IOException | IllegalStateException e) {
      throw failure(urls.uri(key) + ": cannot be read", e);
    }
  }

  private static QueryFailedException failure(String doing, Exception e) {
    return S3ObjectStore.failure(S3Connection.classified(doing, e));
  }
}
