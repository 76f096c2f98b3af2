package dev.heliograph.demo.page;

import dev.heliograph.demo.picture.Jpeg;
import dev.heliograph.demo.picture.Reduction;
import dev.heliograph.pipeline.SaliencyRenderer;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.RgbImage;
import dev.heliograph.query.SaliencyMap;
import java.util.Optional;

/** Pictures and overlays, reduced to what the page shows of them. */
final class PagePictures {
  private static final int LARGE = 320;
  private static final int SMALL = 160;
  private static final float QUALITY = 0.85f;

  private final SaliencyRenderer renderer;
  private final Pictures pictures;

  PagePictures(SaliencyRenderer renderer, Pictures pictures) {
    this.renderer = renderer;
    this.pictures = pictures;
  }

  Optional<RgbImage> find(String imageName) {
    return pictures.find(imageName);
  }

  String large(RgbImage image, String alternative) {
    return html(image, LARGE, alternative);
  }

  String small(RgbImage image, String alternative) {
    return html(image, SMALL, alternative);
  }

  /** The map over the picture; drawn at full size first, so that the geometry stays exact. */
  String overlay(RgbImage image, SaliencyMap map, String alternative) {
    byte[] jpeg = renderer.heatmap(image, map, HeatmapFormat.JPEG).bytes();
    return html(Jpeg.decode(jpeg), LARGE, alternative);
  }

  private static String html(RgbImage image, int longerSide, String alternative) {
    RgbImage reduced = Reduction.of(image, longerSide);
    byte[] jpeg = Jpeg.encode(reduced, QUALITY);
    return Html.image(jpeg, reduced.width(), reduced.height(), alternative);
  }
}
