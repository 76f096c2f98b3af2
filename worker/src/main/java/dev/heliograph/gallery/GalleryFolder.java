package dev.heliograph.gallery;

import dev.heliograph.pipeline.Gallery;
import dev.heliograph.pipeline.GalleryCatalog;
import dev.heliograph.pipeline.GalleryDescription;
import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.QueryFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The galleries below a folder, opened when first asked for. A version that becomes current is
 * found by the next {@link #find}, without a restart; queries that hold the one before go on with
 * it. Only galleries that fit the model are given out. Thread-safe.
 */
public final class GalleryFolder implements GalleryCatalog {
  private static final Logger log = LoggerFactory.getLogger(GalleryFolder.class);

  /** Versions kept open; beyond that, the one not asked for the longest is let go. */
  private static final int MAX_OPEN = 32;

  private final Path galleries;
  private final ModelDescription model;
  private final PreprocessType preprocess;
  private final ExactSearch search;

  private final Map<String, FileGallery> open = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, String> currentVersions = new HashMap<>();

  /**
   * @param model whose features queries are made of
   * @param search is left open
   */
  public GalleryFolder(
      Path galleries, ModelDescription model, PreprocessType preprocess, ExactSearch search) {
    this.galleries = galleries;
    this.model = model;
    this.preprocess = preprocess;
    this.search = search;
  }

  /**
   * The named version, or the one that is current now.
   *
   * @throws QueryFailedException with GALLERY_UNKNOWN if there is none, it is damaged, or it was
   *     encoded by another model than this worker's; with STORE_UNAVAILABLE, transient, if its
   *     files cannot be read now
   */
  @Override
  public synchronized Gallery find(GalleryReference reference) {
    GalleryVersions versions = GalleryVersions.of(galleries, reference.name());
    String version =
        reference
            .version()
            .or(() -> current(versions, reference))
            .orElseThrow(() -> unknown(reference));
    String key = reference.name() + "@" + version;
    FileGallery gallery = open.get(key);
    if (gallery == null) {
      gallery = open(versions, reference, version);
      open.put(key, gallery);
      dropOldest();
    }
    if (reference.version().isEmpty()) {
      noteCurrent(reference.name(), version);
    }
    return gallery;
  }

  /** The names of all galleries that have a current version, sorted. */
  public List<String> names() {
    if (!Files.isDirectory(galleries)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(galleries)) {
      return children
          .filter(child -> Files.isRegularFile(child.resolve("current")))
          .map(child -> child.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new GalleryException(galleries + ": cannot be listed: " + e, e);
    }
  }

  private Optional<String> current(GalleryVersions versions, GalleryReference reference) {
    try {
      return versions.current();
    } catch (IOException | GalleryException e) {
      String known = currentVersions.get(reference.name());
      if (known == null) {
        throw unusable(reference, e);
      }
      log.warn("Gallery {} stays at {}: {}", reference.name(), known, e.toString());
      return Optional.of(known);
    }
  }

  private FileGallery open(GalleryVersions versions, GalleryReference reference, String version) {
    Path path = versions.path(version);
    if (Files.notExists(path) || Files.isRegularFile(path)) {
      throw unknown(reference);
    }
    try {
      FileGallery gallery = FileGallery.open(path, search);
      checkIdentity(gallery.description(), reference.name(), version);
      ModelFit.check(gallery.description(), model, preprocess);
      log.info(
          "Opened gallery {}@{}: {} images",
          reference.name(),
          version,
          gallery.description().size());
      noteOtherPrecision(gallery.manifest());
      return gallery;
    } catch (GalleryException e) {
      throw unusable(reference, e);
    }
  }

  /** It is used all the same: features differ by less than neighbours in a ranking mostly do. */
  private void noteOtherPrecision(GalleryManifest manifest) {
    manifest
        .precision()
        .filter(precision -> !precision.equals(model.precision()))
        .ifPresent(
            precision ->
                log.info(
                    "Gallery {}@{} was encoded in {}, queries are in {}",
                    manifest.name(),
                    manifest.version(),
                    precision,
                    model.precision()));
  }

  private static void checkIdentity(GalleryDescription found, String name, String version) {
    if (!found.name().equals(name) || !found.version().equals(version)) {
      throw new GalleryException("the manifest says " + found.name() + "@" + found.version());
    }
  }

  /**
   * The version that was current before is let go: queries that still use it hold it themselves.
   */
  private void noteCurrent(String name, String version) {
    String before = currentVersions.put(name, version);
    if (before != null && !before.equals(version)) {
      open.remove(name + "@" + before);
      log.info("Gallery {} switched from {} to {}", name, before, version);
    }
  }

  private void dropOldest() {
    Iterator<String> oldest = open.keySet().iterator();
    while (open.size() > MAX_OPEN) {
      oldest.next();
      oldest.remove();
    }
  }

  private static QueryFailedException unknown(GalleryReference reference) {
    return new QueryFailedException(
        FailureCode.GALLERY_UNKNOWN, "gallery: there is no " + reference);
  }

  /** A disk that does not answer may do so later; what is damaged or foreign stays so. */
  private static QueryFailedException unusable(GalleryReference reference, Exception cause) {
    boolean unreadable = cause instanceof IOException || isUnreadable(cause.getCause());
    return new QueryFailedException(
        unreadable ? FailureCode.STORE_UNAVAILABLE : FailureCode.GALLERY_UNKNOWN,
        "gallery: " + reference + " cannot be used: " + cause.getMessage(),
        cause);
  }

  private static boolean isUnreadable(@Nullable Throwable cause) {
    return cause instanceof IOException && !(cause instanceof NoSuchFileException);
  }
}
