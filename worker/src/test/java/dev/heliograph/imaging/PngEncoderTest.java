package dev.heliograph.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.ByteArrays;
import dev.heliograph.query.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two other programs must read back the very pixels: OpenCV's libpng, and the JDK's ImageIO. */
class PngEncoderTest {

  static Stream<RgbImage> images() {
    return Stream.of(
        noise(1, 1),
        noise(1, 700),
        noise(700, 1),
        noise(333, 257),
        noise(90_000, 2), // a row is longer than a stripe
        smooth(640, 480),
        black(1, 1),
        black(2_000, 300),
        runs(401, 97));
  }

  @ParameterizedTest
  @MethodSource("images")
  void othersReadTheSamePixels(RgbImage image) throws IOException {
    byte[] png = encode(image);
    assertEquals(image, new OpenCvImageReader().read(png, Long.MAX_VALUE));
    assertEquals(image, readByImageIo(png));
  }

  @ParameterizedTest
  @MethodSource("images")
  void sameImageSameBytes(RgbImage image) {
    assertArrayEquals(encode(image), encode(image));
  }

  @Test
  void noiseGrowsByLessThanOnePercentAndWhatIsFlatTakesNextToNothing() {
    RgbImage noise = noise(500, 500);
    assertTrue(encode(noise).length < 1.01 * noise.rgb().length);
    assertTrue(encode(black(500, 500)).length < 0.01 * noise.rgb().length);
  }

  private static byte[] encode(RgbImage image) {
    int row = 3 * image.width();
    return PngEncoder.encode(
            image.width(),
            image.height(),
            (y, rgb) -> System.arraycopy(image.rgb(), y * row, rgb, 0, row),
            ByteArrays.NEW)
        .bytes();
  }

  private static RgbImage readByImageIo(byte[] png) throws IOException {
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(png));
    byte[] rgb = new byte[3 * read.getWidth() * read.getHeight()];
    int at = 0;
    for (int y = 0; y < read.getHeight(); y++) {
      for (int x = 0; x < read.getWidth(); x++) {
        int pixel = read.getRGB(x, y);
        rgb[at++] = (byte) (pixel >> 16);
        rgb[at++] = (byte) (pixel >> 8);
        rgb[at++] = (byte) pixel;
      }
    }
    return new RgbImage(read.getWidth(), read.getHeight(), rgb);
  }

  private static RgbImage noise(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    new Random(1).nextBytes(rgb);
    return new RgbImage(width, height, rgb);
  }

  private static RgbImage black(int width, int height) {
    return new RgbImage(width, height, new byte[3 * width * height]);
  }

  /** Differences of few values, so that codes have very different lengths. */
  private static RgbImage smooth(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    Random random = new Random(2);
    for (int i = 3; i < rgb.length; i++) {
      rgb[i] = (byte) (rgb[i - 3] + (int) Math.round(random.nextGaussian() * 2));
    }
    return new RgbImage(width, height, rgb);
  }

  /** One colour for 1, 2, 3, … pixels: runs of every length, at every offset within a word. */
  private static RgbImage runs(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    int length = 1;
    for (int at = 0; at < rgb.length; at += 3 * length++) {
      int end = Math.min(rgb.length, at + 3 * length);
      Arrays.fill(rgb, at, end, (byte) (37 * length));
    }
    return new RgbImage(width, height, rgb);
  }
}
