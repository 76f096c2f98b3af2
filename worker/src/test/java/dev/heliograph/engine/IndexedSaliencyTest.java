package dev.heliograph.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.gallery.GalleryBuilder;
import dev.heliograph.gallery.GalleryStorage;
import dev.heliograph.gallery.LocalImageFolder;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.inference.DeviceChoice;
import dev.heliograph.inference.EvalType;
import dev.heliograph.inference.SyntheticModel;
import dev.heliograph.query.Answer;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.Query;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import dev.heliograph.testing.Golden;
import dev.heliograph.testing.ShapesGallery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A map from a gallery's index is the one that a forward pass computes, but for its rounding. */
class IndexedSaliencyTest {
  private static final Logger LOG = LoggerFactory.getLogger(IndexedSaliencyTest.class);

  /** Of a map's largest value. */
  private static final double RELATIVE = 0.001;

  /** Where a map is next to nothing everywhere; scores are cosines. */
  private static final double ABSOLUTE = 5e-6;

  private static final List<String> CAPTIONS =
      List.of("is blue", "has two more windows and is larger", "the same in the rain");

  @TempDir Path folder;

  @Test
  void ofTheDemosModel() throws Exception {
    Path images = ShapesGallery.draw(folder.resolve("images"), 20);
    Path phi = ShapesGallery.MODEL.resolve("phi.pt");
    compare(ShapesGallery.MODEL, phi, EvalType.PHI, images, 20);
  }

  @Test
  void ofTheGoldenModel() throws Exception {
    compare(
        Golden.path("clip-b32-tiny"),
        Golden.path("phi-b32-tiny.pt"),
        EvalType.SEARLE,
        Golden.path("images"),
        39);
  }

  @Test
  void ofRandomWeightsOfTheSizeOfViTB32() throws Exception {
    Path model = Files.createDirectory(folder.resolve("model"));
    Path phi = model.resolve("phi.safetensors");
    SyntheticModel.vitB32().writeClip(model);
    SyntheticModel.vitB32().writePhi(phi);
    compare(model, phi, EvalType.SEARLE, ShapesGallery.draw(folder.resolve("images"), 8), 8);
  }

  private void compare(Path model, Path phi, EvalType evalType, Path images, int topK)
      throws Exception {
    Path galleries = folder.resolve("galleries");
    try (GalleryBuilding building =
        GalleryBuilding.open(
            ClipModelConfig.builder(model).device(DeviceChoice.CPU).build(),
            PreprocessType.TARGETPAD,
            "test")) {
      LocalImageFolder pictures = LocalImageFolder.open(images);
      GalleryBuilder.Progress quiet = (done, total, skipped) -> {};
      building.build(galleries, "direct", pictures, false, quiet);
      building.build(galleries, "indexed", pictures, new GalleryStorage(true, false), false, quiet);
    }
    double worst = 0;
    try (Heliograph heliograph =
        Heliograph.builder(model, phi)
            .evalType(evalType)
            .galleries(galleries)
            .device(DeviceChoice.CPU)
            .open()) {
      for (String caption : CAPTIONS) {
        Answer direct = heliograph.answer(query("direct", caption, images, topK, topK));
        Answer indexed = heliograph.answer(query("indexed", caption, images, topK, 1));
        for (int i = 0; i < topK; i++) {
          worst = Math.max(worst, difference(direct.results().get(i), indexed.results().get(i)));
        }
      }
    }
    LOG.info("{}: maps differ by {} of what is allowed", model.getFileName(), worst);
    assertTrue(worst > 0, "nothing was compared");
  }

  private static double difference(RankedImage direct, RankedImage indexed) {
    assertEquals(direct.imageName(), indexed.imageName());
    assertEquals(direct.similarity(), indexed.similarity());
    Saliency expected = direct.saliency().orElseThrow();
    Saliency found = indexed.saliency().orElseThrow();
    assertEquals(expected.map().geometry(), found.map().geometry(), direct.imageName());
    assertEquals(expected.explainedScore(), found.explainedScore(), 1e-5);
    double worst = 0;
    for (int patch = 0; patch < expected.map().grid().length; patch++) {
      double difference = expected.map().grid()[patch] - found.map().grid()[patch];
      worst = Math.max(worst, Math.abs(difference));
    }
    double allowed = Math.max(RELATIVE * expected.map().maximum(), ABSOLUTE);
    assertTrue(worst <= allowed, direct.imageName() + ": " + worst + ", allowed " + allowed);
    return worst / allowed;
  }

  private static Query query(
      String gallery, String caption, Path images, int topK, int maxCandidates) throws IOException {
    Path reference;
    try (Stream<Path> files = Files.list(images)) {
      reference = files.sorted().skip(3).findFirst().orElseThrow();
    }
    return Query.builder("query")
        .gallery(gallery)
        .reference(Files.readAllBytes(reference), "image/jpeg")
        .captions(caption)
        .topK(topK)
        .saliency(new SaliencyRequest(false, maxCandidates, SaliencyMethod.EXACT))
        .artifacts(ArtifactRequest.NONE)
        .build();
  }
}
