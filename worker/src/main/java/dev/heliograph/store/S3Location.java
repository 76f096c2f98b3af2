package dev.heliograph.store;

import dev.heliograph.query.Text;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * A bucket, or the part of it below a prefix.
 *
 * @param prefix empty for the whole bucket, else whole segments ending in a slash: {@code refs}
 *     covers {@code refs/cat.png}, never {@code refs-secret/cat.png}
 */
public record S3Location(String bucket, String prefix) {

  /**
   * @throws IllegalArgumentException if the bucket's name or the prefix could be misread
   */
  public S3Location {
    prefix = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
    String fault =
        prefix.isEmpty() ? null : S3Address.faultOf(prefix.substring(0, prefix.length() - 1));
    if (!S3Address.isBucket(bucket) || fault != null) {
      throw new IllegalArgumentException(
          "\""
              + Text.shorten(bucket + "/" + prefix)
              + "\" is not bucket or bucket/prefix: "
              + (fault == null ? "a bucket's name is 3 to 63 of [a-z0-9.-]" : fault));
    }
  }

  /** Reads {@code bucket}, {@code bucket/prefix} or {@code s3://bucket/prefix/}, not encoded. */
  public static S3Location parse(String text) {
    String path = text.startsWith("s3://") ? text.substring("s3://".length()) : text;
    int slash = path.indexOf('/');
    return slash < 0
        ? new S3Location(path, "")
        : new S3Location(path.substring(0, slash), path.substring(slash + 1));
  }

  /**
   * @throws dev.heliograph.pipeline.ImageSourceException with FORBIDDEN if it is no such URI
   */
  static S3Location of(URI uri) {
    String folder = uri.toString().replaceFirst("/$", "") + "/";
    // The rules for objects decide, by one that stands in for all below the prefix.
    S3Address inside = S3Address.parse(URI.create(folder + "-"));
    return new S3Location(inside.bucket(), inside.key().substring(0, inside.key().length() - 1));
  }

  boolean covers(S3Address address) {
    return bucket.equals(address.bucket()) && address.key().startsWith(prefix);
  }

  /** {@code s3://bucket/prefix/}, encoded where needed. */
  public URI toUri() {
    try {
      return new URI("s3", bucket, "/" + prefix, null);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("not a location: " + this, e);
    }
  }

  @Override
  public String toString() {
    return "s3://" + bucket + "/" + prefix;
  }
}
