package dev.heliograph.query;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names a gallery, and optionally one of its immutable versions: {@code name} or {@code
 * name@version}.
 */
public record GalleryReference(String name, Optional<String> version) {
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  public GalleryReference {
    check(name);
    version.ifPresent(GalleryReference::check);
  }

  /**
   * @throws QueryFailedException with INVALID_QUERY if the text is not {@code name} or {@code
   *     name@version}
   */
  public static GalleryReference parse(String text) {
    int at = text.indexOf('@');
    return at < 0
        ? new GalleryReference(text, Optional.empty())
        : new GalleryReference(text.substring(0, at), Optional.of(text.substring(at + 1)));
  }

  private static void check(String part) {
    if (!PART.matcher(part).matches()) {
      throw new QueryFailedException(
          FailureCode.INVALID_QUERY,
          "gallery: \"" + Text.shorten(part) + "\" is not 1 to 128 of [A-Za-z0-9._-]");
    }
  }

  @Override
  public String toString() {
    return version.map(v -> name + "@" + v).orElse(name);
  }
}
