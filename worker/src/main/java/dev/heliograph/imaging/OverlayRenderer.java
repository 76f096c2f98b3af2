package dev.heliograph.imaging;

import dev.heliograph.pipeline.ByteArrays;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.SaliencyRenderer;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.RgbImage;
import dev.heliograph.query.SaliencyMap;
import java.util.function.IntUnaryOperator;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * Draws saliency maps over their images and writes them as arrays. The overlay is 0.6 of the image
 * and 0.4 of JET's colour for the normalised map, truncated, as the published tool has it; pixels
 * that the model did not see count as 0, and so are tinted blue. Thread-safe.
 */
public final class OverlayRenderer implements SaliencyRenderer {
  private static final int JPEG_QUALITY = 90;
  private static final int WEBP_QUALITY = 90;

  /** The limit of libpng, which most readers are built on; the format has none to speak of. */
  private static final int MAX_PNG_SIDE = 1_000_000;

  private static final int MAX_JPEG_SIDE = 65_500;
  private static final int MAX_WEBP_SIDE = 16_383;

  /** The colour map's share of an overlay. */
  public static final double ALPHA = 0.4;

  public static final String COLOUR_MAP = "JET";
  public static final String INTERPOLATION = "bilinear";

  /** From a raw grid to what is drawn. */
  public static final String NORMALISATION = "min-max; a constant grid is 0";

  private static final int RED_FIRST = 0;
  private static final int BLUE_FIRST = 2;

  /** The overlay for the map's level (high byte) and the image's (low byte), per channel. */
  private static final byte[] RED = mixed(JetColours::red);

  private static final byte[] GREEN = mixed(JetColours::green);
  private static final byte[] BLUE = mixed(JetColours::blue);

  /** Width × height of an overlay at most. */
  private final long maxPixels;

  private final ByteArrays pool;
  private final SaliencyArrays arrays;

  /** Draws at the original's size. */
  public OverlayRenderer() {
    this(Long.MAX_VALUE, ByteArrays.NEW);
  }

  /**
   * @param maxPixels width × height of an overlay at most: larger originals are drawn smaller, with
   *     their proportions. Arrays always have the original's size
   * @param pool where large files' bytes are from
   */
  public OverlayRenderer(long maxPixels, ByteArrays pool) {
    if (maxPixels < 1) {
      throw new IllegalArgumentException("maxPixels: " + maxPixels + " is below 1");
    }
    this.maxPixels = maxPixels;
    this.pool = pool;
    this.arrays = new SaliencyArrays(pool);
    OpenCv.load();
  }

  /** By the published formula in double precision, whose rounding decides some levels. */
  private static byte[] mixed(IntUnaryOperator jet) {
    byte[] mixed = new byte[JetColours.LEVELS << 8];
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] = (byte) (int) ((i & 0xFF) * (1 - ALPHA) + jet.applyAsInt(i >> 8) * ALPHA);
    }
    return mixed;
  }

  /**
   * @throws QueryFailedException with INVALID_QUERY if the format cannot hold an image of that size
   */
  @Override
  public EncodedObject heatmap(RgbImage original, SaliencyMap map, HeatmapFormat format) {
    ImageGeometry geometry = map.geometry();
    if (original.width() != geometry.width() || original.height() != geometry.height()) {
      throw new IllegalArgumentException(original + " is not what the map explains: " + geometry);
    }
    RgbImage canvas = SmallerImage.of(original, maxPixels);
    if (Math.max(canvas.width(), canvas.height()) > longestSide(format)) {
      throw new QueryFailedException(
          FailureCode.INVALID_QUERY,
          ("artifacts.heatmap: " + format + " holds at most " + longestSide(format))
              + (" pixels a side, the image has " + canvas.width() + " x " + canvas.height()));
    }
    SaliencyProjection projection = new SaliencyProjection(map, canvas.width(), canvas.height());
    return format == HeatmapFormat.PNG
        ? png(canvas, projection)
        : new EncodedObject(encodedByOpenCv(canvas, projection, format), format.mediaType());
  }

  @Override
  public EncodedObject array(SaliencyMap map, ArrayFormat format) {
    return arrays.encode(map, format);
  }

  /** Each row is mapped, drawn, filtered and compressed while it is in the processor's cache. */
  private EncodedObject png(RgbImage original, SaliencyProjection projection) {
    return PngEncoder.encode(
        original.width(), original.height(), () -> rows(original, projection), pool);
  }

  /** For one thread. */
  private static PngEncoder.Rows rows(RgbImage original, SaliencyProjection projection) {
    int width = original.width();
    float[] blend = projection.newBlend();
    float[] values = new float[width];
    return (y, row) -> {
      projection.row(y, blend, values);
      paint(original.rgb(), 3 * y * width, values, row, RED_FIRST);
    };
  }

  private byte[] encodedByOpenCv(
      RgbImage original, SaliencyProjection projection, HeatmapFormat format) {
    Mat overlay = overlay(original, projection);
    try {
      return encode(overlay, format);
    } finally {
      OpenCv.release(overlay);
    }
  }

  /** The overlay as OpenCV's encoders want it: blue, green, red. The caller releases it. */
  private Mat overlay(RgbImage original, SaliencyProjection projection) {
    int width = original.width();
    float[] blend = projection.newBlend();
    float[] values = new float[width];
    byte[] row = new byte[3 * width];
    Mat overlay = new Mat(original.height(), width, CvType.CV_8UC3);
    for (int y = 0; y < original.height(); y++) {
      projection.row(y, blend, values);
      paint(original.rgb(), 3 * y * width, values, row, BLUE_FIRST);
      overlay.put(y, 0, row);
    }
    return overlay;
  }

  /**
   * Draws one row.
   *
   * @param redAt where red is written in each pixel, {@link #RED_FIRST} or {@link #BLUE_FIRST}
   */
  private static void paint(byte[] rgb, int start, float[] values, byte[] row, int redAt) {
    int blueAt = 2 - redAt;
    for (int x = 0, source = start, target = 0; x < values.length; x++, source += 3, target += 3) {
      int level = (int) (255 * values[x]) << 8;
      row[target + blueAt] = BLUE[(level | rgb[source + 2] & 0xFF) & 0xFFFF];
      row[target + 1] = GREEN[(level | rgb[source + 1] & 0xFF) & 0xFFFF];
      row[target + redAt] = RED[(level | rgb[source] & 0xFF) & 0xFFFF];
    }
  }

  private static byte[] encode(Mat overlay, HeatmapFormat format) {
    MatOfInt parameters = new MatOfInt(parameters(format));
    MatOfByte file = new MatOfByte();
    try {
      if (!Imgcodecs.imencode("." + format.extension(), overlay, file, parameters)) {
        throw new IllegalStateException("OpenCV wrote no " + format + " of " + overlay.size());
      }
      return file.toArray();
    } finally {
      OpenCv.release(file);
      OpenCv.release(parameters);
    }
  }

  private static int[] parameters(HeatmapFormat format) {
    return switch (format) {
      case PNG, NONE -> throw new IllegalArgumentException("format: not OpenCV's: " + format);
      case JPEG -> new int[] {Imgcodecs.IMWRITE_JPEG_QUALITY, JPEG_QUALITY};
      case WEBP -> new int[] {Imgcodecs.IMWRITE_WEBP_QUALITY, WEBP_QUALITY};
    };
  }

  private static int longestSide(HeatmapFormat format) {
    return switch (format) {
      case PNG -> MAX_PNG_SIDE;
      case JPEG -> MAX_JPEG_SIDE;
      case WEBP -> MAX_WEBP_SIDE;
      case NONE -> throw new IllegalArgumentException("format: NONE has no bytes");
    };
  }
}
