package dev.heliograph.store;

import dev.heliograph.audit.RecordNames;
import dev.heliograph.audit.StoredObjects;
import dev.heliograph.pipeline.ImageSourceException;
import io.minio.GetObjectArgs;
import io.minio.ListObjectsArgs;
import io.minio.Result;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Records and artifacts as auditors read them: from the one bucket that they are in. Thread-safe.
 * Does not retry, see {@link S3Connection}.
 */
public final class S3StoredObjects implements StoredObjects {
  private final S3Connection connection;

  /**
   * @param connection stays its opener's; objects are those of its configuration's bucket
   */
  public S3StoredObjects(S3Connection connection) {
    this.connection = connection;
  }

  @Override
  public Optional<InputStream> open(URI uri) throws IOException {
    S3Address address = address(uri);
    try {
      return Optional.of(
          connection
              .client()
              .getObject(
                  GetObjectArgs.builder().bucket(address.bucket()).object(address.key()).build()));
    } catch (MinioException | IllegalStateException e) {
      S3Fault fault = S3Fault.of(e);
      if (fault.kind() == S3Fault.Kind.NO_SUCH_OBJECT) {
        return Optional.empty();
      }
      throw new IOException(address + ": " + fault.detail(), e);
    }
  }

  /** {@inheritDoc} Lists them. */
  @Override
  public List<URI> records(URI folder) throws IOException {
    String bucket = connection.config().bucket();
    String prefix = address(folder.resolve(RecordNames.STEM)).key();
    ListObjectsArgs args = ListObjectsArgs.builder().bucket(bucket).prefix(prefix).build();
    Map<Integer, URI> found = new TreeMap<>();
    try {
      for (Result<Item> result : connection.client().listObjects(args)) {
        String key = result.get().objectName();
        RecordNames.number(key.substring(key.lastIndexOf('/') + 1))
            .ifPresent(number -> found.put(number, new S3Address(bucket, key).toUri()));
      }
    } catch (MinioException | IllegalStateException e) {
      throw new IOException(folder + ": cannot be listed: " + S3Fault.of(e).detail(), e);
    }
    return List.copyOf(found.values());
  }

  private S3Address address(URI uri) throws IOException {
    try {
      S3Address address = S3Address.parse(uri);
      if (!address.bucket().equals(connection.config().bucket())) {
        throw new IOException(address + ": is not in bucket " + connection.config().bucket());
      }
      return address;
    } catch (ImageSourceException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
