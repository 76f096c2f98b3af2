package dev.heliograph.demo.world;

import java.util.Locale;

/** Shapes that captions name. The order is part of what a seed means. */
public enum Shape {
  CIRCLE((x, y) -> length(x, y) - 0.9),
  SQUARE((x, y) -> Math.max(Math.abs(x), Math.abs(y)) - 0.8),
  TRIANGLE(new Polygon(new double[] {0, 0.95, -0.95}, new double[] {-1, 0.75, 0.75})),
  STAR(star()),
  HEART(heart()),
  CROSS((x, y) -> Math.min(arm(x, y), arm(y, x))),
  RING((x, y) -> Math.abs(length(x, y) - 0.72) - 0.24),
  CRESCENT((x, y) -> Math.max(length(x, y) - 0.95, 0.75 - length(x - 0.45, y)));

  /** Nothing of a shape lies farther than this from its centre. */
  static final double REACH = 1.3;

  @SuppressWarnings("ImmutableEnumChecker") // stateless, or a polygon that nobody writes to
  private final DistanceField field;

  Shape(DistanceField field) {
    this.field = field;
  }

  /** As captions spell it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public String plural() {
    return this == CROSS ? "crosses" : word() + "s";
  }

  /** Signed distance to the unit shape's edge, negative inside; y points down. */
  double distance(double x, double y) {
    return field.distance(x, y);
  }

  private interface DistanceField {
    double distance(double x, double y);
  }

  private static double length(double x, double y) {
    return Math.sqrt(x * x + y * y);
  }

  private static double arm(double along, double across) {
    return Math.max(Math.abs(along) - 0.95, Math.abs(across) - 0.3);
  }

  private static Polygon star() {
    double[] x = new double[10];
    double[] y = new double[10];
    for (int i = 0; i < 10; i++) {
      double radius = i % 2 == 0 ? 1 : 0.42;
      x[i] = radius * StrictMath.sin(i * Math.PI / 5);
      y[i] = -radius * StrictMath.cos(i * Math.PI / 5);
    }
    return new Polygon(x, y);
  }

  private static Polygon heart() {
    int corners = 48;
    double[] x = new double[corners];
    double[] y = new double[corners];
    for (int i = 0; i < corners; i++) {
      double t = i * (2 * Math.PI / corners);
      x[i] = 16 * StrictMath.pow(StrictMath.sin(t), 3) / 17;
      y[i] =
          -(13 * StrictMath.cos(t)
                  - 5 * StrictMath.cos(2 * t)
                  - 2 * StrictMath.cos(3 * t)
                  - StrictMath.cos(4 * t))
              / 17;
    }
    return new Polygon(x, y);
  }

  /** A closed polygon; inside by the even-odd rule. */
  private static final class Polygon implements DistanceField {
    private final double[] cornerX;
    private final double[] cornerY;

    Polygon(double[] cornerX, double[] cornerY) {
      this.cornerX = cornerX;
      this.cornerY = cornerY;
    }

    @Override
    public double distance(double x, double y) {
      double nearest = Double.POSITIVE_INFINITY;
      boolean inside = false;
      for (int i = 0; i < cornerX.length; i++) {
        int j = i + 1 == cornerX.length ? 0 : i + 1;
        double ax = cornerX[i];
        double ay = cornerY[i];
        double ex = cornerX[j] - ax;
        double ey = cornerY[j] - ay;
        double along = ((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey);
        double t = Math.min(Math.max(along, 0), 1);
        double dx = x - ax - t * ex;
        double dy = y - ay - t * ey;
        nearest = Math.min(nearest, dx * dx + dy * dy);
        boolean straddles = (ay > y) != (cornerY[j] > y);
        if (straddles && x < ex * (y - ay) / (ey + 1e-12) + ax) {
          inside = !inside;
        }
      }
      double distance = Math.sqrt(nearest);
      return inside ? -distance : distance;
    }
  }
}
