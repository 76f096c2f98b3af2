package dev.heliograph.query;

import java.util.Arrays;

/**
 * What the model sees of an image: 8-bit RGB, interleaved, side × side, not yet normalised. The
 * array is handed over and shared: nobody writes to it afterwards.
 */
public record ModelPixels(byte[] rgb, ImageGeometry geometry) {
  public ModelPixels {
    int side = geometry.side();
    if (rgb.length != 3 * side * side) {
      throw new IllegalArgumentException(rgb.length + " bytes are not 3 x " + side + " x " + side);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ModelPixels that
        && geometry.equals(that.geometry)
        && Arrays.equals(rgb, that.rgb);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(rgb) * 31 + geometry.hashCode();
  }

  @Override
  public String toString() {
    return "ModelPixels[" + geometry + "]";
  }
}
