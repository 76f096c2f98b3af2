package dev.heliograph.store;

import dev.heliograph.pipeline.ImageSourceException;
import dev.heliograph.query.QueryFailedException;
import io.minio.ListObjectsArgs;
import io.minio.Result;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images below a prefix of a bucket, to build a gallery of. Thread-safe. Does not retry, see
 * {@link S3Connection}.
 */
public final class S3ImageFolder {
  private static final Logger log = LoggerFactory.getLogger(S3ImageFolder.class);
  private static final Set<String> EXTENSIONS =
      Set.of("bmp", "gif", "jpeg", "jpg", "png", "tif", "tiff", "webp");

  private final S3Connection connection;
  private final S3Location location;

  /**
   * @param connection stays its opener's
   */
  public S3ImageFolder(S3Connection connection, S3Location location) {
    this.connection = connection;
    this.location = location;
  }

  /** {@code s3://bucket/prefix/}, that names are below. */
  public URI root() {
    return location.toUri();
  }

  /**
   * Keys below the prefix, at any depth and without it, that have an image's extension; in {@link
   * String}'s order, whatever order the store lists them in. All are held in memory. Keys that an
   * {@code s3:} URI cannot name unmistakably (an empty or {@code ..} segment, a backslash, …) are
   * left out with a warning.
   *
   * @throws QueryFailedException with STORE_UNAVAILABLE if the store does not answer
   * @throws StoreMisconfiguredException if it answers, but not for this bucket or these keys
   */
  public List<String> names() {
    ListObjectsArgs args =
        ListObjectsArgs.builder()
            .bucket(location.bucket())
            .prefix(location.prefix())
            .recursive(true)
            .build();
    List<String> names = new ArrayList<>();
    try {
      for (Result<Item> result : connection.client().listObjects(args)) {
        Item item = result.get();
        if (!item.isDir() && isImage(item.objectName())) {
          add(item.objectName(), names);
        }
      }
    } catch (MinioException | IllegalStateException e) {
      throw S3Connection.classified(location + ": cannot be listed", e);
    }
    names.sort(null);
    return names;
  }

  /**
   * All bytes of one image.
   *
   * @param name one of {@link #names()}
   * @throws ImageSourceException if there is no such image, it is not allowed, or it is too large
   */
  public byte[] read(String name, long maxBytes) {
    String key = location.prefix() + name;
    String fault = S3Address.faultOf(key);
    if (fault != null) {
      throw new ImageSourceException(
          ImageSourceException.Reason.FORBIDDEN, location + ": no image's name: " + fault);
    }
    return S3ImageSource.read(connection, new S3Address(location.bucket(), key), maxBytes);
  }

  private void add(String key, List<String> names) {
    String fault = S3Address.faultOf(key);
    if (fault == null) {
      names.add(key.substring(location.prefix().length()));
    } else {
      log.warn("{}: an image is left out: {}", location, fault);
    }
  }

  private static boolean isImage(String key) {
    int dot = key.lastIndexOf('.');
    return dot >= 0 && EXTENSIONS.contains(key.substring(dot + 1).toLowerCase(Locale.ROOT));
  }
}
