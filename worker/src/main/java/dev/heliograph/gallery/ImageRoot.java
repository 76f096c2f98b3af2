package dev.heliograph.gallery;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;

/** The folder or bucket prefix that a gallery's names are paths below. */
final class ImageRoot {
  private ImageRoot() {}

  /** The image's address, or empty if the name leads outside the root, or is no path at all. */
  static Optional<URI> resolve(URI root, String name) {
    if (!GalleryWriter.objection(name).isEmpty()) {
      return Optional.empty();
    }
    try {
      return "file".equals(root.getScheme()) ? inFolder(root, name) : below(root, name);
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<URI> inFolder(URI root, String name) {
    Path folder = Path.of(root).normalize();
    Path image = folder.resolve(name).normalize();
    return image.startsWith(folder) && !image.equals(folder)
        ? Optional.of(image.toUri())
        : Optional.empty();
  }

  private static Optional<URI> below(URI root, String name) throws URISyntaxException {
    for (String segment : name.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        return Optional.empty();
      }
    }
    String path = root.getPath() == null ? "" : root.getPath();
    String folder = path.endsWith("/") ? path : path + "/";
    return Optional.of(new URI(root.getScheme(), root.getAuthority(), folder + name, null, null));
  }
}
