package dev.heliograph.audit;

/** How a query's captions, and the token ids that spell them, stand in its record. */
public enum CaptionPolicy {
  /** As they were asked: the record can be read, and replayed, by itself. */
  CLEAR,
  /**
   * As sha256 alone: whoever has the captions can show that these were asked. A short caption can
   * be guessed from its digest, so this keeps captions from casual readers, not from an attacker.
   */
  DIGEST
}
