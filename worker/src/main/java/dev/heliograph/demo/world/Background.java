package dev.heliograph.demo.world;

import java.util.Locale;

/** Backgrounds that captions name, as 8-bit RGB. The order is part of what a seed means. */
public enum Background {
  WHITE(246, 246, 246),
  GREY(150, 150, 150),
  BLACK(24, 24, 24),
  SKY(176, 214, 240);

  private final int red;
  private final int green;
  private final int blue;

  Background(int red, int green, int blue) {
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
