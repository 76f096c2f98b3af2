package dev.heliograph.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.ReducedImage;
import dev.heliograph.pipeline.UnreadableImageException;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/** What the model sees of a JPEG image that is decoded at a fraction of its size. */
class FastIngestTest {
  private static final int SIDE = 224;
  private static final long LIMIT = 50_000_000;

  /** Levels; README and BENCHMARKS.md state them. */
  private static final int LARGEST_ERROR = 12;

  private static final double MEAN_ERROR = 0.5;

  private final OpenCvImageReader reader = new OpenCvImageReader();

  @ParameterizedTest
  @EnumSource
  void modelSeesNearlyTheSamePixels(PreprocessType type) {
    ClipPreprocessor preprocessor = new ClipPreprocessor(SIDE, type);
    for (int[] size :
        new int[][] {{3016, 3080}, {2690, 2900}, {1000, 1800}, {1601, 901}, {2500, 1000}}) {
      byte[] jpeg = jpeg(size[0], size[1]);
      ModelPixels exact = preprocessor.prepare(reader.read(jpeg, LIMIT));

      ReducedImage reduced = reader.readReduced(jpeg, LIMIT, preprocessor.reducedSide());
      ModelPixels fast = preprocessor.prepareReduced(reduced);

      assertTrue(reduced.pixels().rgb().length <= 3L * size[0] * size[1] / 3);
      assertEquals(exact.geometry(), fast.geometry());
      int[] errors = errors(exact.rgb(), fast.rgb());
      String message = type + " " + Arrays.toString(size) + " " + summary(errors);
      assertTrue(Arrays.stream(errors).max().orElseThrow() <= LARGEST_ERROR, message);
      assertTrue(Arrays.stream(errors).average().orElseThrow() <= MEAN_ERROR, message);
    }
  }

  @ParameterizedTest
  @CsvSource({"447, 900, 1", "900, 900, 2", "1800, 2000, 4", "3584, 4000, 8"})
  void decodesNoSmallerThanTheModelNeeds(int width, int height, int fraction) {
    ReducedImage reduced = reader.readReduced(jpeg(width, height), LIMIT, 3 * SIDE / 2);

    assertEquals((width + fraction - 1) / fraction, reduced.pixels().width());
    assertEquals((height + fraction - 1) / fraction, reduced.pixels().height());
    assertEquals(fraction == 1, reduced.isWhole());
    assertEquals(width, reduced.width());
    assertEquals(height, reduced.height());
  }

  @Test
  void anImageThatEndsEarlyIsRefusedAsEver() {
    byte[] jpeg = jpeg(2000, 2000);
    byte[] cut = Arrays.copyOf(jpeg, jpeg.length / 2);

    assertThrows(
        UnreadableImageException.class, () -> reader.readReduced(cut, LIMIT, 3 * SIDE / 2));
  }

  @Test
  void otherFormatsAreDecodedWhole() {
    Mat pixels = picture(1200, 1000);
    MatOfByte png = new MatOfByte();
    Imgcodecs.imencode(".png", pixels, png);

    ReducedImage image = reader.readReduced(png.toArray(), LIMIT, 3 * SIDE / 2);

    assertTrue(image.isWhole());
    assertArrayEquals(reader.read(png.toArray(), LIMIT).rgb(), image.pixels().rgb());
  }

  private static int[] errors(byte[] exact, byte[] fast) {
    int[] errors = new int[exact.length];
    for (int i = 0; i < exact.length; i++) {
      errors[i] = Math.abs((exact[i] & 0xFF) - (fast[i] & 0xFF));
    }
    return errors;
  }

  private static String summary(int[] errors) {
    return "largest "
        + Arrays.stream(errors).max().orElseThrow()
        + ", mean "
        + Arrays.stream(errors).average().orElseThrow();
  }

  private static byte[] jpeg(int width, int height) {
    MatOfByte jpeg = new MatOfByte();
    Imgcodecs.imencode(
        ".jpg", picture(width, height), jpeg, new MatOfInt(Imgcodecs.IMWRITE_JPEG_QUALITY, 90));
    return jpeg.toArray();
  }

  /** Soft shapes with an edge and some grain, as photographs have them. */
  private static Mat picture(int width, int height) {
    OpenCv.load();
    Mat soft = new Mat(9, 9, CvType.CV_8UC3);
    org.opencv.core.Core.setRNGSeed(1);
    org.opencv.core.Core.randu(soft, 0, 256);
    Mat picture = new Mat();
    Imgproc.resize(soft, picture, new Size(width, height), 0, 0, Imgproc.INTER_CUBIC);
    Imgproc.circle(
        picture,
        new org.opencv.core.Point(width / 3.0, height / 2.0),
        Math.min(width, height) / 4,
        new org.opencv.core.Scalar(20, 200, 120),
        -1);
    Mat grain = new Mat(height, width, CvType.CV_8UC3);
    org.opencv.core.Core.randn(grain, 8, 4);
    org.opencv.core.Core.add(picture, grain, picture);
    return picture;
  }
}
