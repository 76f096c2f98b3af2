package dev.heliograph.gallery;

import dev.heliograph.pipeline.PatchTangents;
import dev.heliograph.query.ImageGeometry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The records of {@code explanations.bf16}, one for each row of the features, in little-endian
 * order: width and height of the upright original (int32 each), then the {@link PatchTangents},
 * rows × columns × dimension bfloat16.
 *
 * @param rows of a saliency grid
 * @param columns of a saliency grid
 * @param side of the model's input in pixels
 * @param dimension of a feature
 */
record ExplanationLayout(int rows, int columns, int side, int dimension) {
  static final int HEADER_BYTES = 2 * Integer.BYTES;

  int patches() {
    return rows * columns;
  }

  int recordBytes() {
    return HEADER_BYTES + patches() * dimension * Short.BYTES;
  }

  /**
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
    for (float value : values) {
      record.putShort(Bfloat16.of(value));
    }
    return record.flip();
  }
}
