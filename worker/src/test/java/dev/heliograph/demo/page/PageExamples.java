package dev.heliograph.demo.page;

import dev.heliograph.demo.page.PageEntry.Answered;
import dev.heliograph.demo.picture.Jpeg;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.SaliencyRenderer;
import dev.heliograph.query.Answer;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.Provenance;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.RgbImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.Warning;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answered queries for pages. */
final class PageExamples {
  static final RgbImage PICTURE = new RgbImage(50, 40, new byte[3 * 50 * 40]);

  private PageExamples() {}

  static Answered answered(String caption, List<String> names, Optional<String> target) {
    return answered(caption, names, target, List.of(), "https://store.example/q/heatmap.png");
  }

  static Answered answered(
      String caption,
      List<String> names,
      Optional<String> target,
      List<Warning> warnings,
      String heatmapUrl) {
    List<RankedImage> results = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      results.add(
          new RankedImage(
              i + 1,
              names.get(i),
              Optional.empty(),
              0.9f - 0.05f * i,
              i < 3 ? Optional.of(saliency(0.9f - 0.05f * i, heatmapUrl)) : Optional.empty()));
    }
    Answer answer =
        new Answer(
            results,
            Optional.of(saliency(4.25f, heatmapUrl)),
            warnings,
            Optional.of(artifact("https://store.example/q/results.json")),
            provenance("demo-model"),
            Map.of("decode", 4.5, "compose", 12.25));
    return new Answered("query-1", caption, PICTURE, target, answer);
  }

  static Provenance provenance(String model) {
    return new Provenance(
        model,
        "0123456789abcdef",
        "fedcba9876543210",
        "phi",
        PreprocessType.TARGETPAD,
        "demo",
        "v1",
        "00ff00ff",
        300,
        "worker-1",
        "0.1.0",
        "cpu",
        "float32");
  }

  /** Draws no map: the overlay is the original, as a JPEG. */
  static SaliencyRenderer renderer() {
    return new SaliencyRenderer() {
      @Override
      public EncodedObject heatmap(RgbImage original, SaliencyMap map, HeatmapFormat format) {
        byte[] jpeg = Jpeg.encode(original, 0.9f);
        return new EncodedObject(jpeg, format.mediaType());
      }

      @Override
      public EncodedObject array(SaliencyMap map, ArrayFormat format) {
        throw new AssertionError("a page shows no arrays");
      }
    };
  }

  private static Saliency saliency(float score, String heatmapUrl) {
    SaliencyMap map =
        new SaliencyMap(
            SaliencyMethod.EXACT,
            2,
            2,
            new float[] {0, 1, 0, 0},
            ImageGeometry.plan(50, 40, 64, PreprocessType.TARGETPAD));
    return new Saliency(
        map,
        score,
        score,
        Optional.of(artifact(heatmapUrl)),
        Optional.of(artifact("https://store.example/q/saliency.npy")));
  }

  private static Artifact artifact(String url) {
    return new Artifact(URI.create("s3://bucket/q"), URI.create(url), "00", 1, "image/png");
  }
}
