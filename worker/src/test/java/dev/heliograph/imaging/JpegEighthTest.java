package dev.heliograph.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.ByteArrays;
import dev.heliograph.pipeline.UnreadableImageException;
import dev.heliograph.query.RgbImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/** Its oracle is libjpeg, which makes most of the same means from rounded cosines. */
class JpegEighthTest {
  /** Levels. */
  private static final int ROUNDING = 2;

  /** Levels; a decoder smooths the colours that it has too few of, over the blocks' edges. */
  private static final int SMOOTHING = 4;

  private final OpenCvDecoder libjpeg = new OpenCvDecoder(ByteArrays.NEW);

  @ParameterizedTest
  @CsvSource({
    "0x111111, 640, 480, 0",
    "0x221111, 640, 480, 0",
    "0x111111, 641, 487, 0",
    "0x221111, 643, 489, 0",
    "0x221111, 1, 1, 0",
    "0x221111, 9, 300, 0",
    "0x221111, 643, 489, 7"
  })
  void pixelsAreMeansOfBlocks(String sampling, int width, int height, int restarts) {
    byte[] file =
        jpeg(
            picture(width, height, CvType.CV_8UC3),
            Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR,
            Integer.decode(sampling),
            Imgcodecs.IMWRITE_JPEG_RST_INTERVAL,
            restarts);

    assertLikeLibjpeg(file);
  }

  /** libjpeg halves in both directions only, and else smooths. */
  @ParameterizedTest
  @ValueSource(strings = {"0x211111", "0x121111"})
  void coloursMayBeHalvedInOneDirection(String sampling) {
    byte[] file =
        jpeg(
            picture(640, 480, CvType.CV_8UC3),
            Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR,
            Integer.decode(sampling));
    RgbImage whole = ImageFile.recognise(file).decode(libjpeg);
    Mat pixels = new Mat(480, 640, CvType.CV_8UC3);
    pixels.put(0, 0, whole.rgb());
    Mat means = new Mat();
    Imgproc.resize(pixels, means, new Size(80, 60), 0, 0, Imgproc.INTER_AREA);
    byte[] expected = new byte[80 * 60 * 3];
    means.get(0, 0, expected);

    assertTrue(JpegEighth.reads(frame(file)));
    assertClose(expected, reduced(file).rgb(), SMOOTHING);
  }

  @ParameterizedTest
  @CsvSource({"640, 480", "13, 701", "1, 1"})
  void greyHasOneComponent(int width, int height) {
    assertLikeLibjpeg(jpeg(picture(width, height, CvType.CV_8UC1)));
  }

  @Test
  void otherKindsAreLeftToTheDecoder() {
    Mat picture = picture(640, 480, CvType.CV_8UC3);
    byte[] progressive = jpeg(picture, Imgcodecs.IMWRITE_JPEG_PROGRESSIVE, 1);
    byte[] quarterOfTheColours = jpeg(picture, Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR, 0x411111);
    byte[] rgbByName = jpeg(picture);
    rename(rgbByName, "RGB");

    for (byte[] file : new byte[][] {progressive, quarterOfTheColours, rgbByName}) {
      assertFalse(JpegEighth.reads(frame(file)));
      assertEquals(80, reduced(file).width());
    }
  }

  @Test
  void damageIsFoundOnTheWay() {
    byte[] file = jpeg(picture(640, 480, CvType.CV_8UC3));

    byte[] cut = Arrays.copyOf(file, file.length - 1000);
    UnreadableImageException cutShort =
        assertThrows(UnreadableImageException.class, () -> reduced(cut));
    assertEquals(
        "JPEG image is cut short: its scan ends early, at byte " + cut.length,
        cutShort.getMessage());

    byte[] noSteps = file.clone();
    noSteps[marker(noSteps, JpegFile.QUANTISATION_TABLES) + 1] = (byte) 0xEF;
    UnreadableImageException missing =
        assertThrows(UnreadableImageException.class, () -> reduced(noSteps));
    assertTrue(missing.getMessage().contains("needs a quantisation table"), missing.getMessage());
  }

  /** The decoder, which refuses these, is not asked. */
  @Test
  void tablesThatNoDecoderTakesAreDamage() {
    byte[] file = jpeg(picture(640, 480, CvType.CV_8UC3));
    int huffman = marker(file, JpegFile.HUFFMAN_TABLES);

    byte[] noDifference = file.clone();
    noDifference[huffman + 2 + 2 + 1 + 16] |= 0x10;
    assertRefused(noDifference, "a Huffman table 0 for other than DC");

    byte[] tooManyCodes = file.clone();
    tooManyCodes[huffman + 2 + 2 + 16] = 8; // of 16 bits
    assertRefused(tooManyCodes, "a Huffman table is longer than its segment");

    byte[] sixteenBits = file.clone();
    sixteenBits[marker(file, JpegFile.QUANTISATION_TABLES) + 4] |= 0x10;
    assertRefused(sixteenBits, "a quantisation table is longer than its segment");
  }

  private void assertRefused(byte[] file, String why) {
    assertThrows(
        UnreadableImageException.class,
        () -> libjpeg.reducedRgb(ImageFile.recognise(file), file, 1, JpegEighth.FRACTION));
    var refused = assertThrows(UnreadableImageException.class, () -> reduced(file));
    assertTrue(refused.getMessage().contains(why), refused.getMessage());
  }

  /** T.81 allows ten. */
  @Test
  void unitsOfMoreBlocksAreLeftToTheDecoder() {
    byte[] file = jpeg(picture(640, 480, CvType.CV_8UC3));
    int frame = marker(file, 0xC0);
    file[frame + 11] = 0x42;
    file[frame + 14] = 0x21;
    file[frame + 17] = 0x21;

    assertFalse(JpegEighth.reads(frame(file)));
    file[frame + 11] = 0x22;
    assertTrue(JpegEighth.reads(frame(file)));
  }

  /** What a decoder never shows must not be what the model sees. */
  @Test
  void aSecondScanIsNotSeen() {
    Mat grey = new Mat(480, 640, CvType.CV_8UC3, new Scalar(128, 128, 128));
    byte[] shown = jpeg(picture(640, 480, CvType.CV_8UC3));
    byte[] hidden = jpeg(grey);
    int scan = marker(hidden, JpegFile.START_OF_SCAN);
    byte[] file = Arrays.copyOf(shown, shown.length - 2 + hidden.length - scan);
    System.arraycopy(hidden, scan, file, shown.length - 2, hidden.length - scan);

    assertArrayEquals(reduced(shown).rgb(), reduced(file).rgb());
    assertLikeLibjpeg(file);
  }

  private void assertLikeLibjpeg(byte[] file) {
    assertTrue(JpegEighth.reads(frame(file)));
    RgbImage expected = libjpeg.reducedRgb(ImageFile.recognise(file), file, 1, JpegEighth.FRACTION);
    RgbImage found = reduced(file);

    assertEquals(expected.width(), found.width());
    assertEquals(expected.height(), found.height());
    assertClose(expected.rgb(), found.rgb(), ROUNDING);
  }

  private static void assertClose(byte[] expected, byte[] found, int allowed) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      int difference = (expected[i] & 0xFF) - (found[i] & 0xFF);
      assertTrue(Math.abs(difference) <= allowed, "number " + i + " differs by " + difference);
    }
  }

  private RgbImage reduced(byte[] file) {
    return ImageFile.recognise(file).decodeReduced(libjpeg, JpegEighth.FRACTION);
  }

  private static JpegFrame frame(byte[] file) {
    int at = marker(file, 0xC0, 0xC2);
    return JpegFrame.read(new Bytes(file, "JPEG", false), file[at + 1] & 0xFF, at + 2);
  }

  /** Where the first segment of one of these kinds begins. */
  private static int marker(byte[] file, Integer... codes) {
    for (int at = 2; ; at += 2 + ((file[at + 2] & 0xFF) << 8 | file[at + 3] & 0xFF)) {
      if (Arrays.asList(codes).contains(file[at + 1] & 0xFF)) {
        return at;
      }
    }
  }

  /** Gives the components other names, in the frame and in the scan. */
  private static void rename(byte[] file, String names) {
    int frame = marker(file, 0xC0);
    int scan = marker(file, JpegFile.START_OF_SCAN);
    for (int i = 0; i < names.length(); i++) {
      file[frame + 10 + 3 * i] = (byte) names.charAt(i);
      file[scan + 5 + 2 * i] = (byte) names.charAt(i);
    }
  }

  private static byte[] jpeg(Mat picture, int... parameters) {
    MatOfByte file = new MatOfByte();
    Imgcodecs.imencode(".jpg", picture, file, new MatOfInt(parameters));
    return file.toArray();
  }

  private static Mat picture(int width, int height, int type) {
    OpenCv.load();
    Mat coarse = new Mat(1 + height / 20, 1 + width / 20, type);
    Core.setRNGSeed(3);
    Core.randu(coarse, 0, 256);
    Mat picture = new Mat();
    Imgproc.resize(coarse, picture, new Size(width, height), 0, 0, Imgproc.INTER_LINEAR);
    return picture;
  }
}
