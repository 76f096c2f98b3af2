package dev.heliograph.app;

import java.nio.file.Path;

/** Where Heliograph is installed: the launcher says so, else it is the current folder. */
public final class Home {
  private Home() {}

  public static Path path() {
    return Path.of(System.getProperty("heliograph.home", ""));
  }

  /** CLIP and phi, trained on nothing but the demo world. */
  public static Path demoModel() {
    return path().resolve("demo-world").resolve("model");
  }
}
