package dev.heliograph.imaging;

import dev.heliograph.query.RgbImage;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/** Makes images smaller for looking at; each pixel is the mean of those that it replaces. */
final class SmallerImage {
  private SmallerImage() {}

  /**
   * The same image, or one of nearly the same proportions that has at most so many pixels.
   *
   * @param maxPixels at least 1
   */
  static RgbImage of(RgbImage image, long maxPixels) {
    long pixels = (long) image.width() * image.height();
    if (pixels <= maxPixels) {
      return image;
    }
    double scale = Math.sqrt((double) maxPixels / pixels);
    int width = side(image.width() * scale, maxPixels);
    int height = side(image.height() * scale, maxPixels / width);
    return resized(image, width, height);
  }

  private static int side(double length, long limit) {
    return (int) Math.min(Math.max(1, (long) length), limit);
  }

  private static RgbImage resized(RgbImage image, int width, int height) {
    Mat from = new Mat(image.height(), image.width(), CvType.CV_8UC3);
    Mat to = new Mat();
    try {
      from.put(0, 0, image.rgb(), 0, image.length());
      Imgproc.resize(from, to, new Size(width, height), 0, 0, Imgproc.INTER_AREA);
      byte[] rgb = new byte[Math.toIntExact(3 * to.total())];
      to.get(0, 0, rgb);
      return new RgbImage(width, height, rgb);
    } finally {
      OpenCv.release(to);
      OpenCv.release(from);
    }
  }
}
