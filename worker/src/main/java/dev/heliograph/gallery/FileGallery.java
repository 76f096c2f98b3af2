package dev.heliograph.gallery;

import dev.heliograph.pipeline.Gallery;
import dev.heliograph.pipeline.GalleryDescription;
import dev.heliograph.pipeline.Hit;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.SaliencyMap;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One version on disk, open for search. Everything but {@link #search} is thread-safe. There is
 * nothing to close: its mappings end when nobody refers to it any more, so a version that was
 * replaced stays readable for the queries that are still at it.
 */
public final class FileGallery implements Gallery {
  private static final Logger log = LoggerFactory.getLogger(FileGallery.class);
  private static final int MAX_MANIFEST_BYTES = 64 << 20;

  private final GalleryManifest manifest;
  private final GalleryDescription description;
  private final Optional<URI> imageRoot;
  private final NameTable names;
  private final FeatureRows features;
  private final Optional<ExplanationTable> explanations;
  private final ExactSearch search;

  private FileGallery(
      GalleryManifest manifest,
      Optional<URI> imageRoot,
      NameTable names,
      FeatureRows features,
      Optional<ExplanationTable> explanations,
      ExactSearch search) {
    this.manifest = manifest;
    this.description = manifest.description();
    this.imageRoot = imageRoot;
    this.names = names;
    this.features = features;
    this.explanations = explanations;
    this.search = search;
  }

  /**
   * Maps a version. Sizes and the names' digest are checked, those of the other files are not: see
   * {@link GalleryInfo}.
   *
   * @param version a version's folder
   * @param search is left open
   * @throws GalleryException if the folder holds no version, or a damaged one
   */
  public static FileGallery open(Path version, ExactSearch search) {
    GalleryManifest manifest = readManifest(version);
    try {
      FeatureRows features = FeatureRows.open(version, manifest);
      NameTable names =
          NameTable.open(
              version.resolve(GalleryWriter.NAMES), manifest.size(), manifest.namesSha256());
      Optional<ExplanationTable> explanations = openExplanations(version, manifest);
      return new FileGallery(manifest, manifest.imageRoot(), names, features, explanations, search);
    } catch (IOException e) {
      throw new GalleryException(version + ": cannot be read: " + e, e);
    }
  }

  static Optional<ExplanationTable> openExplanations(Path version, GalleryManifest manifest)
      throws IOException {
    if (manifest.explanations().isEmpty()) {
      return Optional.empty();
    }
    ExplanationLayout layout = manifest.explanations().get().layout(manifest.dimension());
    Path file = version.resolve(GalleryWriter.EXPLANATIONS);
    return Optional.of(ExplanationTable.open(file, manifest.size(), layout, manifest.preprocess()));
  }

  /** The same gallery with its images elsewhere. */
  public FileGallery withImageRoot(URI root) {
    return new FileGallery(manifest, Optional.of(root), names, features, explanations, search);
  }

  public GalleryManifest manifest() {
    return manifest;
  }

  @Override
  public GalleryDescription description() {
    return imageRoot.equals(manifest.imageRoot())
        ? description
        : new GalleryDescription(
            description.name(),
            description.version(),
            description.sha256(),
            description.size(),
            description.dimension(),
            description.clipModel(),
            description.clipSha256(),
            description.preprocess(),
            imageRoot);
  }

  /**
   * @throws QueryFailedException with GALLERY_UNKNOWN if its files are found not to belong together
   */
  @Override
  public List<List<Hit>> search(List<float[]> queryFeatures, List<Integer> topK) {
    try {
      return search.search(features, queryFeatures, topK);
    } catch (GalleryException e) {
      throw new QueryFailedException(
          FailureCode.GALLERY_UNKNOWN,
          "gallery: "
              + description.name()
              + "@"
              + description.version()
              + " is damaged: "
              + e.getMessage(),
          e);
    }
  }

  @Override
  public Optional<SaliencyMap> explain(int index, float[] queryFeature) {
    Objects.checkIndex(index, features.size());
    if (explanations.isEmpty()) {
      return Optional.empty();
    }
    Optional<SaliencyMap> map = explanations.get().map(index, queryFeature);
    if (map.isEmpty()) {
      log.warn(
          "Gallery {}@{}: the explanation of {} is damaged",
          description.name(),
          description.version(),
          imageName(index));
    }
    return map;
  }

  @Override
  public String imageName(int index) {
    return names.get(Objects.checkIndex(index, features.size()));
  }

  @Override
  public Optional<URI> imageUri(int index) {
    String name = imageName(index);
    return imageRoot.flatMap(root -> ImageRoot.resolve(root, name));
  }

  static GalleryManifest readManifest(Path version) {
    Path file = version.resolve(GalleryWriter.MANIFEST);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_MANIFEST_BYTES + 1);
      if (bytes.length > MAX_MANIFEST_BYTES) {
        throw new GalleryException("is over " + MAX_MANIFEST_BYTES + " bytes");
      }
      return ManifestJson.read(bytes);
    } catch (NoSuchFileException e) {
      throw new GalleryException(version + ": holds no gallery version: no manifest.json", e);
    } catch (IOException e) {
      throw new GalleryException(file + ": cannot be read: " + e, e);
    } catch (GalleryException e) {
      throw new GalleryException(file + ": " + e.getMessage(), e);
    }
  }
}
