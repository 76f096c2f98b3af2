package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.CandidateRequest;
import dev.heliograph.pipeline.Composition;
import dev.heliograph.pipeline.CompositionRequest;
import dev.heliograph.pipeline.PatchRelevance;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.SaliencyMethod;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models in the shape and size of those that users have load and answer. */
class PublishedShapesTest {

  @Test
  void vitB32(@TempDir Path folder) {
    answers(SyntheticModel.vitB32(), EvalType.SEARLE, folder, 7);
  }

  /** Writes 0.9 GB and takes 2 GB of memory. */
  @Test
  @Tag("large")
  void vitL14(@TempDir Path folder) {
    answers(SyntheticModel.vitL14(), EvalType.SEARLE_XL, folder, 16);
  }

  private static void answers(
      SyntheticModel shape, EvalType evalType, Path folder, int patchesPerSide) {
    shape.writeClip(folder);
    Path phi = folder.resolve("phi.safetensors");
    shape.writePhi(phi);
    ClipModelConfig config =
        ClipModelConfig.builder(folder)
            .phi(phi)
            .evalType(evalType)
            .device(DeviceChoice.CPU)
            .threads(1)
            .build();
    try (ClipCompositionModel model = ClipCompositionModel.open(config)) {
      ModelPixels pixels = noise(shape.imageSize());
      CompositionRequest request =
          new CompositionRequest(
              pixels, model.tokenize(List.of("is red")), Optional.of(SaliencyMethod.PUBLISHED));
      Composition composition = model.compose(List.of(request)).get(0);
      assertEquals(shape.dimension(), composition.queryFeature().length);
      assertEquals(1, length(composition.queryFeature()), 1e-4);
      assertGrid(patchesPerSide, composition.referenceRelevance().orElseThrow());
      CandidateRequest candidate =
          new CandidateRequest(pixels, composition.queryFeature(), SaliencyMethod.EXACT);
      assertGrid(patchesPerSide, model.explain(List.of(candidate)).get(0));
    }
  }

  private static void assertGrid(int patchesPerSide, PatchRelevance map) {
    assertEquals(patchesPerSide, map.rows());
    assertEquals(patchesPerSide * patchesPerSide, map.grid().length);
    for (float value : map.grid()) {
      assertTrue(value >= 0 && Float.isFinite(value), () -> "relevance " + value);
    }
    assertTrue(Float.isFinite(map.explainedScore()));
  }

  private static ModelPixels noise(int side) {
    byte[] rgb = new byte[3 * side * side];
    new Random(3).nextBytes(rgb);
    return new ModelPixels(rgb, ImageGeometry.plan(side, side, side, PreprocessType.CLIP));
  }

  private static double length(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }
}
