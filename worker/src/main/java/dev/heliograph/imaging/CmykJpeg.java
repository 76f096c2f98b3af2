package dev.heliograph.imaging;

import dev.heliograph.query.RgbImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes JPEG images of four inks. OpenCV gives them only as RGB, by a formula that is up to two
 * levels off; the JDK's decoder hands out the inks themselves, and the formulas of libjpeg (YCCK to
 * CMYK) and Pillow (inks stored inverted, CMYK to RGB) are applied here.
 */
final class CmykJpeg {
  private static final int APP0 = 0xE0;
  private static final int APP14 = 0xEE;
  private static final int APP15 = 0xEF;
  private static final int COMMENT = 0xFE;

  private static final String ADOBE = "Adobe";

  /** In Adobe's segment, counted from its length field. */
  private static final int ADOBE_TRANSFORM = 13;

  private static final int YCCK = 2;

  private final Bytes in;
  private final int width;
  private final int height;
  private boolean ycck;

  CmykJpeg(Bytes in, int width, int height) {
    this.in = in;
    this.width = width;
    this.height = height;
  }

  RgbImage decode() {
    byte[] inks = inks(withoutMetadata());
    byte[] rgb = new byte[Math.multiplyExact(3, width * height)];
    for (int i = 0, source = 0; i < rgb.length; i += 3, source += 4) {
      int cyan = inks[source] & 0xFF;
      int magenta = inks[source + 1] & 0xFF;
      int yellow = inks[source + 2] & 0xFF;
      int black = inks[source + 3] & 0xFF;
      if (ycck) {
        int luma = cyan;
        int blueness = magenta - 128;
        int redness = yellow - 128;
        cyan = 255 - Ycc.red(luma, redness);
        magenta = 255 - Ycc.green(luma, blueness, redness);
        yellow = 255 - Ycc.blue(luma, blueness);
      }
      rgb[i] = (byte) light(cyan, black);
      rgb[i + 1] = (byte) light(magenta, black);
      rgb[i + 2] = (byte) light(yellow, black);
    }
    return new RgbImage(width, height, rgb);
  }

  /** Pillow's conversion; both numbers as stored: 255 is no ink. */
  private static int light(int ink, int black) {
    int product = (255 - ink) * black + 128;
    return Ycc.clip(black - (((product >> 8) + product) >> 8));
  }

  /** Profiles and the like, on which the JDK's reader is choosy, change nothing here. */
  private byte[] withoutMetadata() {
    ByteArrayOutputStream plain = new ByteArrayOutputStream(in.length());
    plain.write(in.array(), 0, 2);
    int at = 2;
    while (true) {
      at = JpegFile.nextMarker(in, at);
      int marker = in.u8(at++);
      if (marker == JpegFile.START_OF_SCAN) {
        plain.write(in.array(), at - 2, in.length() - at + 2);
        return plain.toByteArray();
      }
      if (JpegFile.standsAlone(marker)) {
        continue;
      }
      int length = JpegFile.segmentLength(in, at);
      boolean adobe = marker == APP14 && in.hasAscii(at + 2, ADOBE) && length > ADOBE_TRANSFORM;
      if (adobe) {
        ycck = in.u8((long) at + ADOBE_TRANSFORM) == YCCK;
      }
      if (adobe || (marker != COMMENT && (marker < APP0 || marker > APP15))) {
        plain.write(0xFF);
        plain.write(in.array(), at - 1, length + 1);
      }
      at += length;
    }
  }

  private byte[] inks(byte[] file) {
    ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
    try (MemoryCacheImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(stream, true, true);
      Raster raster = reader.readRaster(0, null);
      byte[] inks = new byte[Math.multiplyExact(4, width * height)];
      if (raster.getNumBands() != 4 || raster.getWidth() != width || raster.getHeight() != height) {
        throw in.unreadable("contradicts its header");
      }
      raster.getDataElements(0, 0, width, height, inks);
      return inks;
    } catch (IOException | IllegalArgumentException e) {
      throw in.unreadable("is corrupt or of an unsupported kind: four inks");
    } finally {
      reader.dispose();
    }
  }
}
