package dev.heliograph.app.command;

import picocli.CommandLine.Option;

/** Whether a new version's search reads half of the memory. */
final class HalvesOption {
  @Option(
      names = "--half-features",
      description = {
        "Also store features in half precision. A search then reads half of the memory, and gives",
        "the same answer. Takes 2 x dimension bytes an image more on the disk."
      })
  private boolean set;

  boolean isSet() {
    return set;
  }
}
