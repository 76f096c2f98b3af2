package dev.heliograph.imaging;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.RgbImage;
import dev.heliograph.testing.Golden;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The golden images, and what is compared about them. */
final class GoldenImages {
  static final long MAX_PIXELS = 100_000_000;

  private static final OpenCvImageReader READER = new OpenCvImageReader();

  private GoldenImages() {}

  static RgbImage read(String name) {
    return READER.read(Golden.bytes("images/" + name), MAX_PIXELS);
  }

  /**
   * As the golden values have it where we do better on purpose: EXIF orientation ignored, 16-bit
   * grey clipped to white.
   */
  static RgbImage asThePeersReadIt(String name) {
    RgbImage image = read(name);
    if (name.startsWith("exif6")) {
      return turnedLeft(image);
    }
    if (name.startsWith("png16-grey")) {
      byte[] white = new byte[image.rgb().length];
      Arrays.fill(white, (byte) 255);
      return new RgbImage(image.width(), image.height(), white);
    }
    return image;
  }

  /** Undoes orientation 6. */
  private static RgbImage turnedLeft(RgbImage image) {
    int width = image.height();
    int height = image.width();
    byte[] rgb = new byte[image.rgb().length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int source = 3 * (x * image.width() + image.width() - 1 - y);
        System.arraycopy(image.rgb(), source, rgb, 3 * (y * width + x), 3);
      }
    }
    return new RgbImage(width, height, rgb);
  }

  static ImageGeometry geometry(JsonNode json) {
    return new ImageGeometry(
        json.get("width").intValue(),
        json.get("height").intValue(),
        json.get("pad_x").intValue(),
        json.get("pad_y").intValue(),
        json.get("resized_w").intValue(),
        json.get("resized_h").intValue(),
        json.get("crop_x").intValue(),
        json.get("crop_y").intValue(),
        json.get("size").intValue());
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
