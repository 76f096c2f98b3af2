package dev.heliograph.gallery;

import dev.heliograph.query.HalfFloat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/**
 * A gallery's features in half precision, of which a search reads all, to find the few that it
 * reads as they are.
 *
 * @param largestError no row is farther from its feature
 */
record HalfRows(MappedMatrix matrix, float largestError) {

  /**
   * @throws GalleryException if the file is not as long as the manifest says
   */
  static HalfRows open(Path version, GalleryManifest manifest, HalfInfo info) throws IOException {
    MappedMatrix matrix =
        MappedMatrix.open(
            version.resolve(GalleryWriter.HALVES),
            manifest.size(),
            manifest.dimension(),
            MappedMatrix.Format.FLOAT16);
    return new HalfRows(matrix, info.largestError());
  }

  /** Makes the rows of a new file, and knows the largest error among them. */
  static final class Rounding {
    private float largestError;

    /**
     * A feature in half precision.
     *
     * @throws GalleryException if one of its numbers is not finite, or too large to be a half
     */
    ByteBuffer round(FloatBuffer feature) {
      ByteBuffer halves =
          ByteBuffer.allocate(feature.remaining() * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      double squares = 0;
      while (feature.hasRemaining()) {
        float value = feature.get();
        short half = HalfFloat.bits(value);
        double error = (double) value - HalfFloat.value(half);
        squares += error * error;
        halves.putShort(half);
      }
      if (!Double.isFinite(squares)) {
        throw new GalleryException("a feature is not finite, or too large for half precision");
      }
      // A float has room for the root's own roundings: they are of double precision.
      largestError = Math.max(largestError, Math.nextUp((float) Math.sqrt(squares)));
      return halves.flip();
    }

    float largestError() {
      return largestError;
    }
  }
}
