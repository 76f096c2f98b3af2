package dev.heliograph.inference;

import java.util.Arrays;

/** Which CLIP and which phi belong together, under SEARLE's names. */
public enum EvalType {
  /** SEARLE's phi for ViT-B/32: 224 pixels, patches of 32. */
  SEARLE("searle", 224, 32),
  /** SEARLE's phi for ViT-L/14: 224 pixels, patches of 14. */
  SEARLE_XL("searle-xl", 224, 14),
  /** A phi of the user's own, for any CLIP whose dimensions it fits. */
  PHI("phi", 0, 0);

  private final String configName;
  private final int imageSize;
  private final int patchSize;

  EvalType(String configName, int imageSize, int patchSize) {
    this.configName = configName;
    this.imageSize = imageSize;
    this.patchSize = patchSize;
  }

  /** As the command line and events spell it. */
  public String configName() {
    return configName;
  }

  /**
   * @throws IllegalArgumentException naming what there is
   */
  public static EvalType of(String configName) {
    return Arrays.stream(values())
        .filter(type -> type.configName.equals(configName))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "eval type \"" + configName + "\": expected searle, searle-xl or phi"));
  }

  /**
   * @throws ModelFileException if the model is not of the kind that this type's phi was made for
   */
  void check(ClipConfig config) {
    if (this != PHI && (config.imageSize() != imageSize || config.patchSize() != patchSize)) {
      throw new ModelFileException(
          "eval type \""
              + configName
              + "\" needs a CLIP with patches of "
              + patchSize
              + " in "
              + imageSize
              + " pixels, this one has "
              + config.patchSize()
              + " in "
              + config.imageSize()
              + "; for a phi of your own the type is \"phi\"");
    }
  }
}
