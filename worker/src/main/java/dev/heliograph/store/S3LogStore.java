package dev.heliograph.store;

import dev.heliograph.audit.LogStore;
import dev.heliograph.pipeline.EncodedObject;
import io.minio.errors.MinioException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The audit log in a bucket, or below a prefix of one. {@code If-None-Match: *} makes {@link
 * #putIfAbsent} atomic; {@code If-Match} does so for the checkpoint where the server knows it.
 * Thread-safe. Does not retry, see {@link S3Connection}.
 */
public final class S3LogStore implements LogStore {
  private static final String CHECKPOINT = "checkpoint";
  private static final String MEDIA_TYPE = "application/octet-stream";
  private static final Map<String, String> IF_ABSENT = Map.of("If-None-Match", "*");

  private final S3Objects objects;
  private final S3Location location;

  /**
   * @param connection stays its opener's
   * @param writeOnce how long files are protected
   */
  public S3LogStore(S3Connection connection, S3Location location, WriteOnce writeOnce) {
    this.objects = new S3Objects(connection, location.bucket(), writeOnce);
    this.location = location;
  }

  @Override
  public Optional<byte[]> get(String path, int maxBytes) throws IOException {
    return found(path, maxBytes).map(S3Objects.Found::bytes);
  }

  @Override
  public boolean putIfAbsent(String path, byte[] bytes) throws IOException {
    return put(path, bytes, IF_ABSENT);
  }

  @Override
  public boolean replaceCheckpoint(Optional<byte[]> expected, byte[] checkpoint)
      throws IOException {
    if (expected.isEmpty()) {
      return put(CHECKPOINT, checkpoint, IF_ABSENT);
    }
    Optional<S3Objects.Found> current = found(CHECKPOINT, expected.get().length + 1);
    return current.isPresent()
        && Arrays.equals(current.get().bytes(), expected.get())
        && put(CHECKPOINT, checkpoint, Map.of("If-Match", current.get().etag()));
  }

  private Optional<S3Objects.Found> found(String path, int maxBytes) throws IOException {
    try {
      return objects.get(key(path), maxBytes);
    } catch (MinioException | IllegalStateException e) {
      throw failure(path, "cannot be read", e);
    }
  }

  private boolean put(String path, byte[] bytes, Map<String, String> condition) throws IOException {
    try {
      return objects.put(
          key(path), DigestedObject.of(new EncodedObject(bytes, MEDIA_TYPE)), condition);
    } catch (MinioException | IllegalStateException e) {
      throw failure(path, "not stored", e);
    }
  }

  private String key(String path) {
    return location.prefix() + ObjectKeys.requireSafe(path);
  }

  private IOException failure(String path, String doing, Exception e) {
    return new IOException(
        S3Connection.classified(location + path + ": " + doing, e).getMessage(), e);
  }
}
