package dev.heliograph.imaging;

import dev.heliograph.pipeline.ByteArrays;
import dev.heliograph.pipeline.UnreadableImageException;
import dev.heliograph.query.RgbImage;
import org.opencv.core.Core;
import org.opencv.core.CvException;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgcodecs.Imgcodecs;

/** Decodes by OpenCV. All native memory is released before a method returns. Thread-safe. */
final class OpenCvDecoder {
  /** 65535 / 255: what brings 16 bits to 8 by integer division. */
  private static final int SIXTEEN_TO_EIGHT = 257;

  private final ByteArrays arrays;

  /**
   * @param arrays where those of pixels are from
   */
  OpenCvDecoder(ByteArrays arrays) {
    this.arrays = arrays;
    OpenCv.load();
  }

  /**
   * Decodes to 8-bit RGB.
   *
   * @param file tells what to expect
   * @param encoded what to decode
   * @param orientation 1 to 8, as EXIF counts
   */
  RgbImage rgb(ImageFile file, byte[] encoded, int orientation) {
    Mat pixels =
        decode(file, encoded, Imgcodecs.IMREAD_COLOR_RGB | Imgcodecs.IMREAD_IGNORE_ORIENTATION);
    try {
      expect(file, pixels, CvType.CV_8UC3);
      turn(pixels, orientation);
      return image(pixels);
    } finally {
      OpenCv.release(pixels);
    }
  }

  /**
   * Decodes to 8-bit RGB at a fraction of the size, rounded up: each block of a JPEG file becomes a
   * smaller one.
   *
   * @param fraction 2, 4 or 8
   */
  RgbImage reducedRgb(ImageFile file, byte[] encoded, int orientation, int fraction) {
    int reduced =
        switch (fraction) {
          // Named after grey, which is what they mean alone: another flag says what colours.
          case 2 -> Imgcodecs.IMREAD_REDUCED_GRAYSCALE_2;
          case 4 -> Imgcodecs.IMREAD_REDUCED_GRAYSCALE_4;
          case 8 -> Imgcodecs.IMREAD_REDUCED_GRAYSCALE_8;
          default -> throw new IllegalArgumentException("fraction: " + fraction);
        };
    Mat pixels =
        decode(
            file,
            encoded,
            reduced | Imgcodecs.IMREAD_COLOR_RGB | Imgcodecs.IMREAD_IGNORE_ORIENTATION);
    try {
      int width = (file.width() + fraction - 1) / fraction;
      int height = (file.height() + fraction - 1) / fraction;
      expect(file, pixels, CvType.CV_8UC3, width, height);
      turn(pixels, orientation);
      return image(pixels);
    } finally {
      OpenCv.release(pixels);
    }
  }

  /** Decodes 16-bit grey and scales it down to 8 bits, where a plain conversion would clip. */
  RgbImage sixteenBitGrey(ImageFile file, byte[] encoded, int orientation) {
    Mat pixels =
        decode(file, encoded, Imgcodecs.IMREAD_ANYDEPTH | Imgcodecs.IMREAD_IGNORE_ORIENTATION);
    try {
      expect(file, pixels, CvType.CV_16UC1);
      turn(pixels, orientation);
      short[] grey = new short[Math.toIntExact(pixels.total())];
      pixels.get(0, 0, grey);
      byte[] rgb = new byte[Math.multiplyExact(3, grey.length)];
      for (int i = 0; i < grey.length; i++) {
        byte level = (byte) ((grey[i] & 0xFFFF) / SIXTEEN_TO_EIGHT);
        rgb[3 * i] = level;
        rgb[3 * i + 1] = level;
        rgb[3 * i + 2] = level;
      }
      return new RgbImage(pixels.cols(), pixels.rows(), rgb);
    } finally {
      OpenCv.release(pixels);
    }
  }

  /** Turns an image that was decoded elsewhere. */
  RgbImage upright(RgbImage image, int orientation) {
    if (orientation == 1) {
      return image;
    }
    Mat pixels = new Mat(image.height(), image.width(), CvType.CV_8UC3);
    try {
      pixels.put(0, 0, image.rgb(), 0, image.length());
      turn(pixels, orientation);
      return image(pixels);
    } finally {
      OpenCv.release(pixels);
    }
  }

  private RgbImage image(Mat pixels) {
    byte[] rgb = arrays.take(Math.toIntExact(3 * pixels.total()));
    pixels.get(0, 0, rgb);
    return new RgbImage(pixels.cols(), pixels.rows(), rgb);
  }

  private static Mat decode(ImageFile file, byte[] encoded, int flags) {
    Mat bytes = new Mat(1, encoded.length, CvType.CV_8U);
    try {
      bytes.put(0, 0, encoded);
      return Imgcodecs.imdecode(bytes, flags);
    } catch (CvException e) {
      throw UnreadableImageException.unreadable(
          file.format() + " image is corrupt or of an unsupported kind", e);
    } finally {
      OpenCv.release(bytes);
    }
  }

  private static void expect(ImageFile file, Mat pixels, int type) {
    expect(file, pixels, type, file.width(), file.height());
  }

  private static void expect(ImageFile file, Mat pixels, int type, int width, int height) {
    if (pixels.empty()) {
      throw UnreadableImageException.unreadable(
          file.format() + " image is corrupt or of an unsupported kind", null);
    }
    if (pixels.cols() != width || pixels.rows() != height || pixels.type() != type) {
      throw UnreadableImageException.unreadable(
          file.format()
              + " image contradicts its header: "
              + (pixels.cols() + " x " + pixels.rows() + " " + CvType.typeToString(pixels.type()))
              + (" instead of " + width + " x " + height),
          null);
    }
  }

  private static void turn(Mat pixels, int orientation) {
    if (orientation >= 5) {
      Core.transpose(pixels, pixels);
    }
    // What is left then is a flip, about one axis or both.
    boolean leftRight =
        orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    boolean upDown = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    if (leftRight || upDown) {
      Core.flip(pixels, pixels, leftRight && upDown ? -1 : leftRight ? 1 : 0);
    }
  }
}
