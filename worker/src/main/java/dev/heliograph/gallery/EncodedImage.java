package dev.heliograph.gallery;

import dev.heliograph.pipeline.ExplainedImage;
import dev.heliograph.query.ImageGeometry;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What a build keeps of an image.
 *
 * @param feature empty if the image is left out
 * @param explanation a record of the gallery's {@link ExplanationLayout}, if it has one
 * @param objection why the image is left out
 */
record EncodedImage(
    String name, float[] feature, Optional<ByteBuffer> explanation, String objection) {
  private static final double UNIT_TOLERANCE = 1e-3;

  static EncodedImage leftOut(String name, String objection) {
    return new EncodedImage(name, new float[0], Optional.empty(), objection);
  }

  /** Without an explanation. Left out if the feature is not of unit length. */
  static EncodedImage of(String name, float[] feature) {
    return isUnit(feature)
        ? new EncodedImage(name, feature, Optional.empty(), "")
        : leftOut(name, "its feature is not of unit length");
  }

  /** Left out if the feature is not of unit length or a tangent not finite. */
  static EncodedImage of(
      String name, ExplainedImage image, ImageGeometry geometry, ExplanationLayout layout) {
    EncodedImage plain = of(name, image.feature());
    if (!plain.objection.isEmpty()) {
      return plain;
    }
    return isFinite(image.tangents().values())
        ? new EncodedImage(
            name, image.feature(), Optional.of(layout.encode(geometry, image.tangents())), "")
        : leftOut(name, "its explanation is not finite");
  }

  private static boolean isUnit(float[] feature) {
    double squares = 0;
    for (float value : feature) {
      squares += (double) value * value;
    }
    return Math.abs(Math.sqrt(squares) - 1) <= UNIT_TOLERANCE;
  }

  private static boolean isFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
