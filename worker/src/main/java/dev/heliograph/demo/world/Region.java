package dev.heliograph.demo.world;

import java.util.Locale;

/** What a caption can ask to change, and where a map that explains it should look. */
public enum Region {
  /** Its colour, fill or shape. */
  MAIN_OBJECT,
  SMALL_OBJECTS,
  BACKGROUND;

  /** As tables and pages spell it. */
  public String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
