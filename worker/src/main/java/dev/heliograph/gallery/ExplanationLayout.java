package dev.heliograph.gallery;

import dev.heliograph.pipeline.PatchTangents;
import dev.heliograph.query.ImageGeometry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The records of {@code explanations.i16}, one for each row of the features, in little-endian
 * order: width and height of the upright original (int32 each), then for each patch of the {@link
 * PatchTangents} a scale (float32) and, in units of it, its numbers (int16).
 *
 * @param rows of a saliency grid
 * @param columns of a saliency grid
 * @param side of the model's input in pixels
 * @param dimension of a feature
 */
record ExplanationLayout(int rows, int columns, int side, int dimension) {
  private static final int HEADER_BYTES = 2 * Integer.BYTES;

  int patches() {
    return rows * columns;
  }

  int recordBytes() {
    return HEADER_BYTES + patches() * (Float.BYTES + dimension * Short.BYTES);
  }

  /**
   * @param tangents finite
   * @throws IllegalArgumentException if the tangents have another shape
   */
  ByteBuffer encode(ImageGeometry geometry, PatchTangents tangents) {
    float[] values = tangents.values();
    if (tangents.rows() != rows
        || tangents.columns() != columns
        || values.length != patches() * dimension) {
      throw new IllegalArgumentException(
          values.length + " tangents, expected " + patches() + " x " + dimension);
    }
    ByteBuffer record = ByteBuffer.allocate(recordBytes()).order(ByteOrder.LITTLE_ENDIAN);
    record.putInt(geometry.width()).putInt(geometry.height());
    for (int start = 0; start < values.length; start += dimension) {
      encodePatch(values, start, record);
    }
    return record.flip();
  }

  private void encodePatch(float[] values, int start, ByteBuffer record) {
    float largest = 0;
    for (int i = start; i < start + dimension; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    float scale = largest / Short.MAX_VALUE;
    record.putFloat(scale);
    for (int i = start; i < start + dimension; i++) {
      double units = scale == 0 ? 0 : Math.rint((double) values[i] / scale);
      // A scale that is subnormal is itself rounded.
      record.putShort((short) Math.max(-Short.MAX_VALUE, Math.min(Short.MAX_VALUE, units)));
    }
  }
}
