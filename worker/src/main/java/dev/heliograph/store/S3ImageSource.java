package dev.heliograph.store;

import dev.heliograph.pipeline.ImageSource;
import dev.heliograph.pipeline.ImageSourceException;
import dev.heliograph.pipeline.ImageSourceException.Reason;
import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.errors.MinioException;
import java.io.IOException;
import java.net.URI;
import java.util.Collection;
import java.util.List;

/**
 * Reads references from object storage, and only from the buckets and prefixes on its list: events
 * name them, and whoever may write events must not thereby read everything that the worker can.
 * Thread-safe. Does not retry, see {@link S3Connection}.
 */
public final class S3ImageSource implements ImageSource {
  private final S3Connection connection;
  private final List<S3Location> allowed;

  /**
   * @param connection stays its opener's
   * @param allowed an empty list forbids everything
   */
  public S3ImageSource(S3Connection connection, Collection<S3Location> allowed) {
    this.connection = connection;
    this.allowed = List.copyOf(allowed);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Reasons: FORBIDDEN if the URI is not a plain {@code s3://bucket/key} below an allowed
   * location, or the store denies access to that object; NOT_FOUND; TOO_LARGE by the announced
   * length before reading, else as soon as the limit is passed; UNAVAILABLE for everything that
   * concerns the store rather than the object.
   */
  @Override
  public byte[] read(URI uri, long maxBytes) {
    S3Address address = S3Address.parse(uri);
    if (allowed.stream().noneMatch(location -> location.covers(address))) {
      throw S3Address.forbidden(uri, "its bucket or prefix is not on the list");
    }
    return read(connection, address, maxBytes);
  }

  /** Reads without asking whether it is allowed. */
  static byte[] read(S3Connection connection, S3Address address, long maxBytes) {
    GetObjectArgs args =
        GetObjectArgs.builder().bucket(address.bucket()).object(address.key()).build();
    try (GetObjectResponse response = connection.client().getObject(args)) {
      return BoundedReader.read(response, announced(response), maxBytes, address.toString());
    } catch (MinioException | IOException | IllegalStateException e) {
      S3Fault fault = S3Fault.of(e);
      throw new ImageSourceException(
          reason(fault.kind()), address + ": cannot be read: " + fault.detail(), e);
    }
  }

  private static long announced(GetObjectResponse response) {
    String length = response.headers().get("Content-Length");
    try {
      return length == null ? -1 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return -1; // what is read is counted in any case
    }
  }

  private static Reason reason(S3Fault.Kind kind) {
    if (kind == S3Fault.Kind.NO_SUCH_OBJECT || kind == S3Fault.Kind.NO_SUCH_BUCKET) {
      return Reason.NOT_FOUND;
    }
    return kind == S3Fault.Kind.ACCESS_DENIED ? Reason.FORBIDDEN : Reason.UNAVAILABLE;
  }
}
