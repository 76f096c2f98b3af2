package dev.heliograph.pipeline;

import dev.heliograph.query.ImageGeometry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a query's run came upon before its outcome, for whoever keeps a record of it: as far as the
 * run got, and however it ended. Made by the caller for one query, filled by the run. Thread-safe.
 */
public final class RunEvidence {
  private volatile @Nullable Reference reference;
  private volatile @Nullable Prompts prompts;
  private volatile int attempts = 1;

  /**
   * The reference image's bytes, and how they were read.
   *
   * @param sha256 lower-case hex
   * @param orientation EXIF's, 1 to 8; 1 where the image has none
   * @param geometry of the upright image
   */
  public record Reference(String sha256, long bytes, int orientation, ImageGeometry geometry) {}

  /** Of a run that came upon this, and has ended. */
  public static RunEvidence of(
      Optional<Reference> reference, Optional<Prompts> prompts, int attempts) {
    RunEvidence evidence = new RunEvidence();
    reference.ifPresent(evidence::read);
    prompts.ifPresent(evidence::tokenized);
    evidence.tried(attempts);
    return evidence;
  }

  /** The reference as it was read, if that was reached. */
  public Optional<Reference> reference() {
    return Optional.ofNullable(reference);
  }

  /** The query's tokens, if that was reached. */
  public Optional<Prompts> prompts() {
    return Optional.ofNullable(prompts);
  }

  /** The largest number of tries that any step needed, from 1. */
  public int attempts() {
    return attempts;
  }

  void read(Reference found) {
    reference = found;
  }

  void tokenized(Prompts found) {
    prompts = found;
  }

  void tried(int times) {
    attempts = times;
  }
}
