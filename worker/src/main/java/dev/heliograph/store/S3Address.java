package dev.heliograph.store;

import dev.heliograph.pipeline.ImageSourceException;
import dev.heliograph.pipeline.ImageSourceException.Reason;
import dev.heliograph.query.Addresses;
import dev.heliograph.query.Text;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One object, {@code s3://bucket/key}, read strictly: what could mean different objects to
 * different readers is refused, so that a check of bucket and prefix decides about the very object
 * that is then opened.
 *
 * @param key decoded; no empty, {@code .} or {@code ..} segment, no backslash, no control character
 */
record S3Address(String bucket, String key) {
  private static final int MAX_KEY_BYTES = 1024;

  /** S3's naming rules; in particular no port, user, percent sign or upper case. */
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]");

  /** Percent-encoded separators, dots and controls: never needed, and different to each reader. */
  private static final Pattern DISGUISE = Pattern.compile("%(2[eEfF]|5[cC]|[01].|7[fF])");

  private static final Pattern ENCODED_TWICE = Pattern.compile("%[0-9A-Fa-f]{2}");

  static boolean isBucket(String text) {
    return BUCKET.matcher(text).matches() && !text.contains("..");
  }

  /**
   * @throws ImageSourceException with FORBIDDEN, saying which part is refused
   */
  static S3Address parse(URI uri) {
    if (!"s3".equals(uri.getScheme())) {
      throw forbidden(uri, "only s3: is read");
    }
    String bucket = uri.getRawAuthority();
    if (bucket == null || !isBucket(bucket)) {
      throw forbidden(uri, "the part after s3:// is not a bucket's name");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw forbidden(uri, "a query or fragment is not allowed");
    }
    String rawPath = uri.getRawPath();
    if (DISGUISE.matcher(rawPath).find()) {
      throw forbidden(uri, "an encoded dot, slash, backslash or control character is not allowed");
    }
    String key = uri.getPath().isEmpty() ? "" : uri.getPath().substring(1);
    String fault = faultOf(key);
    if (fault != null) {
      throw forbidden(uri, fault);
    }
    return new S3Address(bucket, key);
  }

  /** Why this decoded key is refused, or null. */
  static @Nullable String faultOf(String key) {
    if (key.isEmpty()) {
      return "no object is named";
    }
    if (key.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
      return "the key is longer than " + MAX_KEY_BYTES + " bytes";
    }
    if (ENCODED_TWICE.matcher(key).find()) {
      return "the key is percent-encoded twice";
    }
    // U+FFFD is what the JDK makes of bytes that are not UTF-8.
    if (key.chars().anyMatch(c -> c == '\\' || c == '\uFFFD' || Character.isISOControl(c))) {
      return "a backslash, control character or broken UTF-8 is not allowed";
    }
    for (String segment : key.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        return "an empty, . or .. path segment is not allowed";
      }
    }
    return null;
  }

  URI toUri() {
    try {
      return new URI("s3", bucket, "/" + key, null);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("not an address: " + bucket + ", " + key, e);
    }
  }

  @Override
  public String toString() {
    return "s3://" + bucket + "/" + key;
  }

  static ImageSourceException forbidden(URI uri, String why) {
    return new ImageSourceException(
        Reason.FORBIDDEN,
        "\"" + Text.shorten(Addresses.withoutCredentials(uri)) + "\" is not allowed: " + why);
  }
}
