package dev.heliograph.demo.picture;

import dev.heliograph.query.RgbImage;

/** Makes small versions of pictures: each pixel is the mean of the area that it covers. */
public final class Reduction {
  private final RgbImage image;
  private final int width;
  private final int height;

  private Reduction(RgbImage image, int longerSide) {
    this.image = image;
    double scale = (double) longerSide / Math.max(image.width(), image.height());
    this.width = Math.max(1, (int) Math.round(image.width() * scale));
    this.height = Math.max(1, (int) Math.round(image.height() * scale));
  }

  /** The picture with its longer side at most this long; never enlarged. */
  public static RgbImage of(RgbImage image, int longerSide) {
    if (longerSide < 1) {
      throw new IllegalArgumentException("longerSide: " + longerSide + " is below 1");
    }
    return Math.max(image.width(), image.height()) <= longerSide
        ? image
        : new Reduction(image, longerSide).reduce();
  }

  private RgbImage reduce() {
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      int top = from(y, height, image.height());
      int bottom = Math.max(top + 1, from(y + 1, height, image.height()));
      for (int x = 0; x < width; x++) {
        int left = from(x, width, image.width());
        int right = Math.max(left + 1, from(x + 1, width, image.width()));
        for (int c = 0; c < 3; c++) {
          rgb[3 * (y * width + x) + c] = (byte) mean(left, top, right, bottom, c);
        }
      }
    }
    return new RgbImage(width, height, rgb);
  }

  /** First source pixel of a target pixel; areas are whole pixels. */
  private static int from(int target, int targets, int sources) {
    return (int) ((long) target * sources / targets);
  }

  private int mean(int left, int top, int right, int bottom, int channel) {
    long sum = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        sum += image.rgb()[3 * (y * image.width() + x) + channel] & 0xff;
      }
    }
    long count = (long) (right - left) * (bottom - top);
    return (int) ((sum + count / 2) / count);
  }
}
