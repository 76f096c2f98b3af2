package dev.heliograph.store;

import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.PutObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Conditional puts and bounded reads of one bucket. Thread-safe. Does not retry. */
final class S3Objects {
  private static final int PRECONDITION_FAILED = 412;
  private static final String SHA256_METADATA = "sha256";

  private final S3Connection connection;
  private final String bucket;
  private final WriteOnce writeOnce;

  S3Objects(S3Connection connection, String bucket, WriteOnce writeOnce) {
    this.connection = connection;
    this.bucket = bucket;
    this.writeOnce = writeOnce;
  }

  /** An object's first bytes, and the tag that names this state of it. */
  record Found(byte[] bytes, String etag) {}

  /**
   * @param condition request headers, such as {@code If-None-Match: *}
   * @return whether it was stored: false if the condition does not hold
   * @throws MinioException or IllegalStateException, as the SDK does
   */
  boolean put(String key, DigestedObject digested, Map<String, String> condition)
      throws MinioException {
    PutObjectArgs.Builder args =
        PutObjectArgs.builder()
            .bucket(bucket)
            .object(key)
            .contentType(digested.object().mediaType())
            .extraHeaders(condition)
            .userMetadata(Map.of(SHA256_METADATA, digested.sha256().hex()));
    writeOnce.apply(args);
    try {
      connection.uploads().put(args, digested);
      return true;
    } catch (ErrorResponseException e) {
      if (e.response().code() == PRECONDITION_FAILED) {
        return false;
      }
      throw e;
    }
  }

  /**
   * @return empty if there is no such object
   * @throws MinioException or IllegalStateException, as the SDK does
   */
  Optional<Found> get(String key, int maxBytes) throws MinioException, IOException {
    GetObjectArgs args = GetObjectArgs.builder().bucket(bucket).object(key).build();
    try (GetObjectResponse response = connection.client().getObject(args)) {
      String etag = String.valueOf(response.headers().get("ETag"));
      return Optional.of(new Found(response.readNBytes(maxBytes), etag));
    } catch (ErrorResponseException e) {
      if ("NoSuchKey".equals(e.errorResponse().code())) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
