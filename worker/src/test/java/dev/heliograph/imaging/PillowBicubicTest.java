package dev.heliograph.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.PreprocessType;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with the plainest resize there is: pixel by pixel, level by level. */
class PillowBicubicTest {
  private static final int BITS = 22;
  private static final int SIDE = 56;

  /** Around lengths at which work is split: 4 and 64 columns, 128 rows. */
  private static final List<Integer> LENGTHS = List.of(1, 2, 3, 5, 55, 56, 67, 129, 260, 517);

  /** Width and height; proportions that leave nothing but a stroke between margins. */
  private static final int[][] STROKES = {{1, 1500}, {1500, 1}, {7, 1201}, {1201, 2}};

  private final Random random = new Random(1);

  @ParameterizedTest
  @EnumSource
  void makesPillowsPixels(PreprocessType type) {
    for (int width : LENGTHS) {
      for (int height : LENGTHS) {
        compare(width, height, SIDE, type);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void makesPillowsPixelsOfAStroke(PreprocessType type) {
    for (int[] size : STROKES) {
      compare(size[0], size[1], SIDE, type);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 129, 224})
  void makesPillowsPixelsForAnyModel(int side) {
    for (PreprocessType type : PreprocessType.values()) {
      compare(150, 90, side, type);
      compare(90, 300, side, type);
    }
  }

  /** The weights of reduced pixels are taken as given. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void weighsReducedPixelsAsPlanned(int fraction) {
    for (PreprocessType type : PreprocessType.values()) {
      for (int[] size : new int[][] {{1, 1}, {9, 300}, {517, 611}, {1040, 305}, {2001, 64}}) {
        ImageGeometry geometry = ImageGeometry.plan(size[0], size[1], SIDE, type);
        Image reduced =
            noise((size[0] + fraction - 1) / fraction, (size[1] + fraction - 1) / fraction);
        byte[] expected =
            reduced.resampled(
                    across(geometry, fraction), across(turned(geometry), fraction), SIDE, SIDE)
                .rgb;
        String message = geometry + " at 1/" + fraction;
        assertArrayEquals(
            expected, PillowBicubic.resizeReduced(reduced.rgb, geometry, fraction), message);
        assertArrayEquals(
            expected, PillowBicubic.resize(reduced.rgb, geometry, fraction, 3), message);
      }
    }
  }

  private void compare(int width, int height, int side, PreprocessType type) {
    ImageGeometry geometry = ImageGeometry.plan(width, height, side, type);
    Image image = noise(width, height);
    byte[] expected = expected(image, geometry).rgb;
    for (int stripes : new int[] {1, 3, side + 2}) {
      assertArrayEquals(
          expected,
          PillowBicubic.resize(image.rgb, geometry, 1, stripes),
          type + " " + geometry + " in " + stripes);
    }
    assertArrayEquals(expected, PillowBicubic.resize(longer(image.rgb), geometry), "longer array");
  }

  /** Black and white next to each other overshoot in both directions. */
  private Image noise(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    random.nextBytes(rgb);
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = random.nextInt(4) == 0 ? (byte) (random.nextBoolean() ? 0 : 255) : rgb[i];
    }
    return new Image(width, height, rgb);
  }

  private static byte[] longer(byte[] rgb) {
    byte[] longer = Arrays.copyOf(rgb, rgb.length + 30);
    Arrays.fill(longer, rgb.length, longer.length, (byte) 99);
    return longer;
  }

  private static Image expected(Image image, ImageGeometry geometry) {
    Image padded = image.padded(geometry.padX(), geometry.padY());
    return padded.resampled(
        pillow(padded.width, geometry.resizedWidth(), geometry.cropX()),
        pillow(padded.height, geometry.resizedHeight(), geometry.cropY()),
        geometry.side(),
        geometry.side());
  }

  /** How much a source pixel weighs in an output pixel, in fixed point. */
  private interface Weights {
    int first(int output);

    int[] of(int output);
  }

  /** As in {@code precompute_coeffs} of Pillow's Resample.c. */
  private static Weights pillow(int size, int resized, int crop) {
    double scale = (double) size / resized;
    double widening = Math.max(scale, 1);
    return new Weights() {
      @Override
      public int first(int output) {
        return Math.max((int) (centre(output) - 2 * widening + 0.5), 0);
      }

      @Override
      public int[] of(int output) {
        int first = first(output);
        int end = Math.min((int) (centre(output) + 2 * widening + 0.5), size);
        double[] weights = new double[end - first];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
          weights[i] = bicubic((i + first - centre(output) + 0.5) * (1 / widening));
          sum += weights[i];
        }
        int[] fixed = new int[weights.length];
        for (int i = 0; i < weights.length; i++) {
          double weight = sum == 0 ? weights[i] : weights[i] / sum;
          fixed[i] = (int) ((weight < 0 ? -0.5 : 0.5) + weight * (1 << BITS));
        }
        return fixed;
      }

      private double centre(int output) {
        return (crop + output + 0.5) * scale;
      }
    };
  }

  private static double bicubic(double at) {
    double x = Math.abs(at);
    double a = -0.5;
    if (x < 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
  }

  private static Weights across(ImageGeometry geometry, int fraction) {
    ResampleAxis axis =
        new ResampleAxis(
            geometry.width(),
            geometry.padX(),
            geometry.resizedWidth(),
            geometry.cropX(),
            geometry.side(),
            fraction);
    return new Weights() {
      @Override
      public int first(int output) {
        return axis.first(output);
      }

      @Override
      public int[] of(int output) {
        int from = axis.weightsOf(output);
        return Arrays.copyOfRange(axis.weights(), from, from + axis.count(output));
      }
    };
  }

  /** With the axes exchanged. */
  private static ImageGeometry turned(ImageGeometry geometry) {
    return new ImageGeometry(
        geometry.height(),
        geometry.width(),
        geometry.padY(),
        geometry.padX(),
        geometry.resizedHeight(),
        geometry.resizedWidth(),
        geometry.cropY(),
        geometry.cropX(),
        geometry.side());
  }

  private static final class Image {
    private final int width;
    private final int height;
    private final byte[] rgb;

    private Image(int width, int height, byte[] rgb) {
      this.width = width;
      this.height = height;
      this.rgb = rgb;
    }

    private Image padded(int padX, int padY) {
      Image padded = blank(width + 2 * padX, height + 2 * padY);
      for (int y = 0; y < height; y++) {
        System.arraycopy(rgb, at(0, y), padded.rgb, padded.at(padX, y + padY), 3 * width);
      }
      return padded;
    }

    private Image resampled(Weights across, Weights down, int newWidth, int newHeight) {
      Image narrow = blank(newWidth, height);
      for (int x = 0; x < newWidth; x++) {
        int first = across.first(x);
        int[] weights = across.of(x);
        for (int y = 0; y < height; y++) {
          for (int c = 0; c < 3; c++) {
            narrow.rgb[narrow.at(x, y) + c] = weighted(at(first, y) + c, 3, weights);
          }
        }
      }
      Image result = blank(newWidth, newHeight);
      for (int y = 0; y < newHeight; y++) {
        int first = down.first(y);
        int[] weights = down.of(y);
        for (int i = 0; i < 3 * newWidth; i++) {
          result.rgb[result.at(0, y) + i] =
              narrow.weighted(narrow.at(0, first) + i, 3 * newWidth, weights);
        }
      }
      return result;
    }

    private byte weighted(int from, int step, int[] weights) {
      int sum = 1 << (BITS - 1);
      for (int i = 0; i < weights.length; i++) {
        sum += weights[i] * (rgb[from + i * step] & 0xFF);
      }
      return (byte) Math.min(Math.max(sum >> BITS, 0), 255);
    }

    private int at(int x, int y) {
      return 3 * (y * width + x);
    }

    private static Image blank(int width, int height) {
      return new Image(width, height, new byte[3 * width * height]);
    }
  }
}
