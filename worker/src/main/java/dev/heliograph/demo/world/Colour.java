package dev.heliograph.demo.world;

import java.util.Locale;

/** Colours that captions name, as 8-bit RGB. The order is part of what a seed means. */
public enum Colour {
  RED(214, 40, 40),
  GREEN(44, 140, 60),
  BLUE(40, 90, 200),
  YELLOW(240, 200, 40),
  PURPLE(130, 60, 170),
  ORANGE(240, 130, 30),
  PINK(240, 130, 180),
  BROWN(120, 76, 40);

  private final int red;
  private final int green;
  private final int blue;

  Colour(int red, int green, int blue) {
    this.red = red;
    this.green = green;
    this.blue = blue;
  }

  /** As captions spell it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  int[] rgb() {
    return new int[] {red, green, blue};
  }
}
