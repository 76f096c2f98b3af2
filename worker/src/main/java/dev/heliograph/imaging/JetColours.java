package dev.heliograph.imaging;

/** The JET colour map, blue over green to red, with the very bytes of OpenCV's table. */
final class JetColours {
  static final int LEVELS = 256;

  private JetColours() {}

  static int red(int level) {
    return level < 224 ? limited(4 * (level - 96) + 2) : 252 - 4 * (level - 224);
  }

  static int green(int level) {
    return level < 96 ? limited(4 * (level - 32)) : limited(252 - 4 * (level - 160));
  }

  static int blue(int level) {
    if (level == 159) {
      return 1; // OpenCV's table is off its own straight line here
    }
    return level < 96 ? limited(128 + 4 * level) : limited(254 - 4 * (level - 96));
  }

  private static int limited(int value) {
    return Math.min(Math.max(value, 0), 255);
  }
}
