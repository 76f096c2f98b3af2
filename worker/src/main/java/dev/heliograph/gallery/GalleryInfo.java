package dev.heliograph.gallery;

import dev.heliograph.query.GalleryReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is known about a gallery version after every byte of it was read.
 *
 * @param current whether it is the version that queries without a version get
 * @param versions of this gallery, oldest first
 * @param problems what is damaged; empty if all digests agree
 */
public record GalleryInfo(
    GalleryManifest manifest, boolean current, List<String> versions, List<String> problems) {
  public GalleryInfo {
    versions = List.copyOf(versions);
    problems = List.copyOf(problems);
  }

  /**
   * Inspects the named version, or the current one.
   *
   * @throws GalleryException if there is none, or its manifest cannot be read
   */
  public static GalleryInfo of(Path galleries, GalleryReference reference) {
    GalleryVersions versions = GalleryVersions.of(galleries, reference.name());
    try {
      String current = versions.current().orElse("");
      String version = reference.version().orElse(current);
      if (version.isEmpty()) {
        throw new GalleryException("there is no gallery " + reference + " in " + galleries);
      }
      GalleryManifest manifest = FileGallery.readManifest(versions.path(version));
      return new GalleryInfo(
          manifest,
          version.equals(current),
          versions.all(),
          problems(versions.path(version), manifest));
    } catch (IOException e) {
      throw new GalleryException("gallery " + reference + " cannot be read: " + e, e);
    }
  }

  private static List<String> problems(Path version, GalleryManifest manifest) throws IOException {
    List<String> problems = new ArrayList<>();
    try {
      Path names = version.resolve(GalleryWriter.NAMES);
      NameTable.open(names, manifest.size(), manifest.namesSha256());
    } catch (GalleryException e) {
      problems.add(e.getMessage());
    }
    try {
      Path features = version.resolve(GalleryWriter.FEATURES);
      String found =
          FeatureRows.open(features, manifest.size(), manifest.dimension()).exact().sha256();
      difference(features, found, manifest.featuresSha256()).ifPresent(problems::add);
    } catch (GalleryException e) {
      problems.add(e.getMessage());
    }
    if (manifest.halves().isPresent()) {
      HalfInfo info = manifest.halves().get();
      try {
        Path halves = version.resolve(GalleryWriter.HALVES);
        String found = HalfRows.open(version, manifest, info).matrix().sha256();
        difference(halves, found, info.sha256()).ifPresent(problems::add);
      } catch (GalleryException e) {
        problems.add(e.getMessage());
      }
    }
    try {
      Path explanations = version.resolve(GalleryWriter.EXPLANATIONS);
      FileGallery.openExplanations(version, manifest)
          .flatMap(table -> difference(explanations, table.sha256(), stated(manifest)))
          .ifPresent(problems::add);
    } catch (GalleryException e) {
      problems.add(e.getMessage());
    }
    return problems;
  }

  private static String stated(GalleryManifest manifest) {
    return manifest.explanations().map(ExplanationInfo::sha256).orElse("");
  }

  private static Optional<String> difference(Path file, String found, String stated) {
    return found.equals(stated)
        ? Optional.empty()
        : Optional.of(file + ": has sha256 " + found + ", its manifest states " + stated);
  }
}
