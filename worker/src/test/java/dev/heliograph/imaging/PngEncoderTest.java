package dev.heliograph.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.ByteArrays;
import dev.heliograph.query.RgbImage;
import dev.heliograph.testing.SpoiltArrays;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two other programs must read back the very pixels: OpenCV's libpng, and the JDK's ImageIO. */
class PngEncoderTest {
  private static final int IDAT = 0x49444154;

  static Stream<RgbImage> images() {
    return Stream.of(
        noise(1, 1),
        noise(1, 700),
        noise(700, 1),
        noise(333, 257),
        noise(90_000, 5), // a row is longer than a stripe
        noise(333, 1_500), // six stripes
        smooth(1, 200_000), // six stripes of one column
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

  @ParameterizedTest
  @MethodSource("images")
  void noNumberOfPartsMakesADifference(RgbImage image) {
    byte[] whole = encode(image, 1, ByteArrays.NEW);
    int stripes = PngStripes.count(image.width(), image.height());
    for (int parts = 2; parts <= stripes + 1; parts++) {
      assertArrayEquals(whole, encode(image, parts, ByteArrays.NEW), parts + " parts");
    }
    assertArrayEquals(whole, encode(image));
  }

  @Test
  void givesBackAllArraysButTheFiles() {
    RgbImage image = noise(333, 1_500);
    SpoiltArrays arrays = new SpoiltArrays();
    assertArrayEquals(encode(image), encode(image, 3, arrays));
    assertTrue(arrays.taken() > 2);
    assertEquals(1, arrays.out());
  }

  @ParameterizedTest
  @MethodSource("images")
  void checksumOfAllIsRight(RgbImage image) throws IOException, DataFormatException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    ByteBuffer png = ByteBuffer.wrap(encode(image, 3, ByteArrays.NEW)).position(8);
    while (png.hasRemaining()) {
      byte[] content = new byte[png.getInt()];
      boolean pixels = png.getInt() == IDAT;
      png.get(content);
      png.getInt();
      if (pixels) {
        data.write(content);
      }
    }
    Inflater inflater = new Inflater();
    inflater.setInput(data.toByteArray());
    byte[] filtered = new byte[image.height() * (1 + 3 * image.width()) + 1];
    assertEquals(filtered.length - 1, inflater.inflate(filtered)); // throws if it is wrong
    assertTrue(inflater.finished());
    assertEquals(0, inflater.getRemaining());
    inflater.end();
  }

  @Test
  void noiseGrowsByLessThanOnePercentAndWhatIsFlatTakesNextToNothing() {
    RgbImage noise = noise(500, 500);
    assertTrue(encode(noise).length < 1.01 * noise.rgb().length);
    assertTrue(encode(black(500, 500)).length < 0.01 * noise.rgb().length);
  }

  private static byte[] encode(RgbImage image) {
    return PngEncoder.encode(image.width(), image.height(), rows(image), ByteArrays.NEW).bytes();
  }

  private static byte[] encode(RgbImage image, int parts, ByteArrays arrays) {
    return PngEncoder.encode(image.width(), image.height(), rows(image), arrays, parts).bytes();
  }

  private static Supplier<PngEncoder.Rows> rows(RgbImage image) {
    int row = 3 * image.width();
    return () -> (y, rgb) -> System.arraycopy(image.rgb(), y * row, rgb, 0, row);
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
