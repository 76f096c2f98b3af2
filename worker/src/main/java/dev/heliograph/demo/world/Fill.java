package dev.heliograph.demo.world;

import java.util.Locale;

/**
 * How a main object is filled. The order is part of what a seed means. Lengths are in units of the
 * object's radius.
 */
public enum Fill {
  SOLID {
    @Override
    double ink(double x, double y, double distance, double pixel) {
      return coverage(distance, pixel);
    }
  },
  OUTLINED {
    @Override
    double ink(double x, double y, double distance, double pixel) {
      return coverage(Math.abs(distance + 0.09) - 0.09, pixel);
    }
  },
  STRIPED {
    @Override
    double ink(double x, double y, double distance, double pixel) {
      double stripes = coverage(Math.abs(remainder(x + y, 0.5) - 0.25) - 0.13, pixel);
      return coverage(distance, pixel) * Math.max(stripes, rim(distance, pixel));
    }
  },
  DOTTED {
    @Override
    double ink(double x, double y, double distance, double pixel) {
      double dx = remainder(x, 0.44) - 0.22;
      double dy = remainder(y, 0.44) - 0.22;
      double dots = coverage(Math.sqrt(dx * dx + dy * dy) - 0.14, pixel);
      return coverage(distance, pixel) * Math.max(dots, rim(distance, pixel));
    }
  };

  /** As captions spell it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Share of a pixel that is painted; 0 wherever the pixel lies outside of the shape.
   *
   * @param distance signed, to the shape's edge
   * @param pixel a pixel's side
   */
  abstract double ink(double x, double y, double distance, double pixel);

  /** Share of a pixel inside an edge at this signed distance. */
  static double coverage(double distance, double pixel) {
    return Math.min(Math.max(0.5 - distance / pixel, 0), 1);
  }

  private static double rim(double distance, double pixel) {
    return coverage(Math.abs(distance + 0.05) - 0.05, pixel);
  }

  /** In [0, period), whatever the sign of the value. */
  private static double remainder(double value, double period) {
    double remainder = value % period;
    return remainder < 0 ? remainder + period : remainder;
  }
}
