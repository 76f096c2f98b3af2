package dev.heliograph.demo.world;

import dev.heliograph.demo.world.Scene.Companion;
import dev.heliograph.query.RgbImage;

/**
 * Draws scenes from signed distance functions, at any size. The bytes depend on the arguments
 * alone. They are those of {@code demo-world/world.py}, whose mixture of single and double
 * precision is kept; a pixel may still differ where the last bit of a sine decides.
 */
public final class ScenePainter {
  private static final double COMPANION_RADIUS = 0.075;
  private static final int NOISE = 3;

  private final Scene scene;
  private final int width;
  private final int height;
  private final int side;
  private final float[] columns;
  private final float[] rows;
  private final float[] rgb;
  private final NumpyRandom random;

  private ScenePainter(Scene scene, int width, int height) {
    this.scene = scene;
    this.width = width;
    this.height = height;
    this.side = Math.min(width, height);
    this.columns = centres(width, side);
    this.rows = centres(height, side);
    this.rgb = new float[3 * width * height];
    this.random = new NumpyRandom(scene.seed());
  }

  /** Draws a scene into an image of this size; the scene's square is centred in it. */
  public static SceneDrawing draw(Scene scene, int width, int height) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("not a size: " + width + " x " + height);
    }
    return new ScenePainter(scene, width, height).draw();
  }

  public static SceneDrawing draw(Scene scene, PictureSize size) {
    return draw(scene, size.width(), size.height());
  }

  private SceneDrawing draw() {
    paintBackground();
    boolean[] companions = new boolean[width * height];
    if (scene.companion().isPresent()) {
      paintCompanions(scene.companion().get(), companions);
    }
    boolean[] main = new boolean[width * height];
    paintMainObject(main);
    for (int i = 0; i < main.length; i++) {
      companions[i] &= !main[i];
    }
    return new SceneDrawing(
        new RgbImage(width, height, noisyBytes()),
        new Mask(width, height, main),
        new Mask(width, height, companions));
  }

  /** Pixel centres in units of the shorter side; 0 to 1 spans the centred square. */
  private static float[] centres(int length, int side) {
    float[] centres = new float[length];
    for (int i = 0; i < length; i++) {
      centres[i] = (i + 0.5f - (float) ((length - side) / 2.0)) / side;
    }
    return centres;
  }

  /** The background's colour, tinted, with a gradient. */
  private void paintBackground() {
    double[] tint = tint(14);
    float slopeX = (float) random.uniform(-22, 22);
    float slopeY = (float) random.uniform(-22, 22);
    int[] base = scene.background().rgb();
    for (int y = 0; y < height; y++) {
      float down = (rows[y] - 0.5f) * slopeY;
      for (int x = 0; x < width; x++) {
        float across = (columns[x] - 0.5f) * slopeX;
        for (int c = 0; c < 3; c++) {
          rgb[3 * (y * width + x) + c] = base[c] + (float) (tint[c] + across + down);
        }
      }
    }
  }

  private void paintCompanions(Companion companion, boolean[] mask) {
    int[] base = companion.colour().rgb();
    float[] colour = {base[0], base[1], base[2]};
    int count = random.integer(2, 5);
    double start = random.uniform(0, 2 * Math.PI);
    for (int i = 0; i < count; i++) {
      double direction = start + 2 * Math.PI * i / count + random.uniform(-0.3, 0.3);
      double away = scene.radius() + random.uniform(0.13, 0.18);
      double cx = scene.cx() + away * StrictMath.cos(direction);
      double cy = scene.cy() + away * StrictMath.sin(direction);
      double[] across = new double[width];
      for (int x = 0; x < width; x++) {
        across[x] = (columns[x] - cx) / COMPANION_RADIUS;
      }
      double[] down = new double[height];
      for (int y = 0; y < height; y++) {
        down[y] = (rows[y] - cy) / COMPANION_RADIUS;
      }
      double pixel = 1.0 / side / COMPANION_RADIUS;
      double angle = random.uniform(-0.5, 0.5);
      paint(companion.shape(), Fill.SOLID, colour, across, down, angle, pixel, mask);
    }
  }

  private void paintMainObject(boolean[] mask) {
    int[] base = scene.colour().rgb();
    double[] tint = tint(16);
    float[] colour = new float[3];
    for (int c = 0; c < 3; c++) {
      colour[c] = (float) (base[c] + tint[c]);
    }
    float radius = (float) scene.radius();
    double[] across = new double[width];
    for (int x = 0; x < width; x++) {
      across[x] = (columns[x] - (float) scene.cx()) / radius;
    }
    double[] down = new double[height];
    for (int y = 0; y < height; y++) {
      down[y] = (rows[y] - (float) scene.cy()) / radius;
    }
    double pixel = 1.0 / side / scene.radius();
    paint(scene.shape(), scene.fill(), colour, across, down, scene.angle(), pixel, mask);
  }

  private double[] tint(int range) {
    return new double[] {
      random.uniform(-range, range), random.uniform(-range, range), random.uniform(-range, range)
    };
  }

  /**
   * Paints one object and adds its body to the mask.
   *
   * @param across of each column, distance from the object's centre in radii
   * @param down of each row, likewise
   * @param pixel a pixel's side in radii
   */
  private void paint(
      Shape shape,
      Fill fill,
      float[] colour,
      double[] across,
      double[] down,
      double angle,
      double pixel,
      boolean[] mask) {
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    double reach = Shape.REACH + pixel;
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        double dx = across[column];
        double dy = down[row];
        if (dx * dx + dy * dy > reach * reach) {
          continue;
        }
        double x = dx * cos + dy * sin;
        double y = -dx * sin + dy * cos;
        double distance = shape.distance(x, y);
        double ink = fill.ink(x, y, distance, pixel);
        int at = row * width + column;
        for (int c = 0; c < 3; c++) {
          rgb[3 * at + c] = (float) (rgb[3 * at + c] * (1 - ink) + colour[c] * ink);
        }
        mask[at] |= Fill.coverage(distance, pixel) > 0.5;
      }
    }
  }

  private byte[] noisyBytes() {
    byte[] bytes = new byte[rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      float value = (float) (rgb[i] + NOISE * random.normal());
      bytes[i] = (byte) (int) Math.min(Math.max(value, 0), 255);
    }
    return bytes;
  }
}
