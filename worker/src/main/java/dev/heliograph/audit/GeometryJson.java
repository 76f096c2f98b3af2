package dev.heliograph.audit;

import dev.heliograph.query.ImageGeometry;
import java.util.Map;
import java.util.TreeMap;

/** An image's way to the model's input, as whole pixels and as the affine map that they make. */
final class GeometryJson {
  private GeometryJson() {}

  static Map<String, Object> of(ImageGeometry geometry) {
    Map<String, Object> json = new TreeMap<>();
    json.put("width", geometry.width());
    json.put("height", geometry.height());
    json.put("padX", geometry.padX());
    json.put("padY", geometry.padY());
    json.put("resizedWidth", geometry.resizedWidth());
    json.put("resizedHeight", geometry.resizedHeight());
    json.put("cropX", geometry.cropX());
    json.put("cropY", geometry.cropY());
    json.put("side", geometry.side());
    ImageGeometry.Seen seen = geometry.seen();
    json.put(
        "seen",
        Map.of("x", seen.x(), "y", seen.y(), "width", seen.width(), "height", seen.height()));
    json.put("affine", affine(geometry));
    return json;
  }

  /** Model input = scale × (original + 0.5) + offset, in pixels; both from the upper left. */
  private static Map<String, Object> affine(ImageGeometry geometry) {
    double scaleX = geometry.resizedWidth() / (geometry.width() + 2.0 * geometry.padX());
    double scaleY = geometry.resizedHeight() / (geometry.height() + 2.0 * geometry.padY());
    return Map.of(
        "scaleX",
        scaleX,
        "offsetX",
        geometry.padX() * scaleX - geometry.cropX(),
        "scaleY",
        scaleY,
        "offsetY",
        geometry.padY() * scaleY - geometry.cropY());
  }
}
