package dev.heliograph.app.models;

import dev.heliograph.query.Text;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One file of a published model.
 *
 * @param name in the model's folder; no path
 * @param url {@code https}, or {@code http} on this machine itself
 * @param sha256 lower-case hex, where a digest is known independently of the download
 */
public record PublishedFile(String name, URI url, Optional<String> sha256) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "[::1]", "localhost");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /**
   * @throws IllegalArgumentException naming the part that is not as it should be
   */
  public PublishedFile {
    require(NAME.matcher(name).matches(), "file name", name, "1 to 128 of [A-Za-z0-9._-]");
    require(isTrusted(url), "url", url.toString(), "https://…");
    sha256.ifPresent(
        digest -> require(SHA256.matcher(digest).matches(), "sha256", digest, "64 hex digits"));
  }

  PublishedFile withSha256(String digest) {
    return new PublishedFile(name, url, Optional.of(digest));
  }

  private static boolean isTrusted(URI url) {
    return url.getHost() != null
        && ("https".equals(url.getScheme())
            || ("http".equals(url.getScheme()) && LOOPBACK.contains(url.getHost())));
  }

  private static void require(boolean valid, String what, String value, String wanted) {
    if (!valid) {
      throw new IllegalArgumentException(
          what + ": \"" + Text.shorten(value) + "\" is not " + wanted);
    }
  }
}
