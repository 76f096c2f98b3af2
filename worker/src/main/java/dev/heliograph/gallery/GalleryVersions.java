package dev.heliograph.gallery;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.QueryFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The versions of one gallery, and which of them is current. Thread-safe: state is on disk. */
final class GalleryVersions {
  private static final String CURRENT = "current";
  private static final int MAX_POINTER_BYTES = 256;

  private final Path folder;
  private final String name;

  private GalleryVersions(Path folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  /**
   * @param galleries the folder of all galleries; need not exist yet
   */
  static GalleryVersions of(Path galleries, String name) {
    try {
      new GalleryReference(name, Optional.empty());
    } catch (QueryFailedException e) {
      throw new GalleryException(e.getMessage(), e);
    }
    return new GalleryVersions(galleries.toAbsolutePath().resolve(name), name);
  }

  Path folder() {
    return folder;
  }

  Path path(String version) {
    return folder.resolve(version);
  }

  /** The current version's id, or empty if there is none. */
  Optional<String> current() throws IOException {
    try (InputStream in = Files.newInputStream(folder.resolve(CURRENT))) {
      String version = new String(in.readNBytes(MAX_POINTER_BYTES), UTF_8).strip();
      new GalleryReference(name, Optional.of(version));
      return Optional.of(version);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (QueryFailedException e) {
      throw new GalleryException(
          folder.resolve(CURRENT) + ": does not hold a version's id: " + e.getMessage(), e);
    }
  }

  /** All complete versions, oldest first. */
  List<String> all() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(child -> Files.exists(child.resolve(GalleryWriter.MANIFEST)))
          .map(child -> child.getFileName().toString())
          .filter(version -> !version.startsWith("."))
          .sorted()
          .toList();
    }
  }

  /**
   * Gives a complete, synced version its name and makes it the current one. If it is there already
   * (published just before a crash), the staged copy is deleted.
   */
  void publish(Path staged, GalleryManifest manifest) throws IOException {
    Path version = path(manifest.version());
    if (Files.exists(version)) {
      GalleryManifest present = FileGallery.readManifest(version);
      if (!present.sha256().equals(manifest.sha256())) {
        throw new GalleryException(version + ": is there already, with another content");
      }
      DurableFiles.delete(staged);
    } else {
      DurableFiles.rename(staged, version);
    }
    DurableFiles.replace(folder.resolve(CURRENT), (manifest.version() + "\n").getBytes(UTF_8));
  }
}
