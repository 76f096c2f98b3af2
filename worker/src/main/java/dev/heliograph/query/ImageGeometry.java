package dev.heliograph.query;

/**
 * Where the model's input square lies in the original image: pad, then resize, then centre crop.
 * All numbers are whole pixels.
 *
 * @param width of the upright original
 * @param height of the upright original
 * @param padX black columns added on the left, and again on the right
 * @param padY black rows added on the top, and again on the bottom
 * @param resizedWidth after padding and resize, before the crop
 * @param resizedHeight after padding and resize, before the crop
 * @param cropX first column kept
 * @param cropY first row kept
 * @param side of the model's square input
 */
public record ImageGeometry(
    int width,
    int height,
    int padX,
    int padY,
    int resizedWidth,
    int resizedHeight,
    int cropX,
    int cropY,
    int side) {

  /** What TARGETPAD pads the longer side over the shorter to. */
  public static final double TARGETPAD_RATIO = 1.25;

  /** Plans the way from an original of this size to the model's square. */
  public static ImageGeometry plan(int width, int height, int side, PreprocessType type) {
    if (width < 1 || height < 1 || side < 1) {
      throw new IllegalArgumentException(
          "width, height and side must be positive: " + width + ", " + height + ", " + side);
    }
    int longer = Math.max(width, height);
    int shorter = Math.min(width, height);
    int padX = 0;
    int padY = 0;
    if (type == PreprocessType.TARGETPAD && (double) longer / shorter >= TARGETPAD_RATIO) {
      double goal = longer / TARGETPAD_RATIO;
      padX = Math.max((int) ((goal - width) / 2), 0);
      padY = Math.max((int) ((goal - height) / 2), 0);
    } else if (type == PreprocessType.SQUAREPAD) {
      padX = (longer - width) / 2;
      padY = (longer - height) / 2;
    }
    long paddedWidth = width + 2L * padX;
    long paddedHeight = height + 2L * padY;
    int resizedWidth = side;
    int resizedHeight = side;
    // The longer edge is truncated, as torchvision does (in double arithmetic, like Python's).
    if (paddedWidth <= paddedHeight) {
      resizedHeight = (int) ((double) ((long) side * paddedHeight) / paddedWidth);
    } else {
      resizedWidth = (int) ((double) ((long) side * paddedWidth) / paddedHeight);
    }
    return new ImageGeometry(
        width,
        height,
        padX,
        padY,
        resizedWidth,
        resizedHeight,
        (int) Math.rint((resizedWidth - side) / 2.0),
        (int) Math.rint((resizedHeight - side) / 2.0),
        side);
  }

  /**
   * Horizontal position in the model's input of an original pixel's centre; seen if in [0, side).
   * Pixels need not be whole.
   */
  public double inputX(double x) {
    return (x + 0.5 + padX) * resizedWidth / (width + 2.0 * padX) - cropX;
  }

  /**
   * Vertical position in the model's input of an original pixel's centre; seen if in [0, side).
   * Pixels need not be whole.
   */
  public double inputY(double y) {
    return (y + 0.5 + padY) * resizedHeight / (height + 2.0 * padY) - cropY;
  }

  /** The original pixels whose centres the model saw. */
  public Seen seen() {
    int left = 0;
    while (left < width - 1 && inputX(left) < 0) {
      left++;
    }
    int right = width - 1;
    while (right > left && inputX(right) >= side) {
      right--;
    }
    int top = 0;
    while (top < height - 1 && inputY(top) < 0) {
      top++;
    }
    int bottom = height - 1;
    while (bottom > top && inputY(bottom) >= side) {
      bottom--;
    }
    return new Seen(left, top, right - left + 1, bottom - top + 1);
  }

  /** A rectangle of original pixels. */
  public record Seen(int x, int y, int width, int height) {}
}
