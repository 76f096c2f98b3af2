package dev.heliograph.query;

/** How an image becomes a square for the model, before the bicubic resize and centre crop. */
public enum PreprocessType {
  /** SEARLE's: pads the shorter side to longer / 1.25 when the sides' ratio is 1.25 or more. */
  TARGETPAD,
  /** Pads the shorter side to a square. */
  SQUAREPAD,
  /** CLIP's own: no padding. */
  CLIP
}
