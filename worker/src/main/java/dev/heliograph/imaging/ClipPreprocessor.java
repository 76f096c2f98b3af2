package dev.heliograph.imaging;

import dev.heliograph.pipeline.Preprocessor;
import dev.heliograph.pipeline.ReducedImage;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.RgbImage;
import java.util.Objects;

/**
 * Pads, resizes and crops as torchvision and Pillow do for CLIP, to the same bytes. Thread-safe.
 */
public final class ClipPreprocessor implements Preprocessor {
  /** How pixels are brought to the model's size. */
  public static final String RESAMPLE =
      "bicubic, antialiased, a="
          + ResampleAxis.A
          + ", "
          + ResampleAxis.PRECISION_BITS
          + "-bit fixed point";

  /** The same, of JPEG images as fast ingest decodes them. */
  public static final String FAST_RESAMPLE =
      RESAMPLE + "; JPEG decoded at 1/8, 1/4 or 1/2 where that leaves 1.5 times the model's pixels";

  private final int side;
  private final PreprocessType type;

  /**
   * @param side of the model's square input, in pixels
   */
  public ClipPreprocessor(int side, PreprocessType type) {
    if (side < 1) {
      throw new IllegalArgumentException("side: " + side + " is below 1");
    }
    this.side = side;
    this.type = Objects.requireNonNull(type, "type");
  }

  @Override
  public ModelPixels prepare(RgbImage image) {
    ImageGeometry geometry = ImageGeometry.plan(image.width(), image.height(), side, type);
    return new ModelPixels(PillowBicubic.resize(image.rgb(), geometry), geometry);
  }

  /**
   * Half as much again as the model's: from there, a bicubic resize still averages over what was
   * left out.
   */
  @Override
  public int reducedSide() {
    return side + side / 2;
  }

  @Override
  public ModelPixels prepareReduced(ReducedImage image) {
    ImageGeometry geometry = ImageGeometry.plan(image.width(), image.height(), side, type);
    byte[] pixels = image.pixels().rgb();
    return new ModelPixels(
        PillowBicubic.resizeReduced(pixels, geometry, image.fraction()), geometry);
  }
}
