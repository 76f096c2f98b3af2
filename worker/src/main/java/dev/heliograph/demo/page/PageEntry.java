package dev.heliograph.demo.page;

import dev.heliograph.query.Answer;
import dev.heliograph.query.Failure;
import dev.heliograph.query.RgbImage;
import java.util.Objects;
import java.util.Optional;

/** One query on the page, and what became of it. */
public sealed interface PageEntry {
  String queryId();

  /** The relative caption, as it stands behind "that". */
  String caption();

  /** Upright, as the worker saw it. */
  RgbImage reference();

  /**
   * An answered query.
   *
   * @param target name of the picture that is the right answer, where it is known
   */
  record Answered(
      String queryId, String caption, RgbImage reference, Optional<String> target, Answer answer)
      implements PageEntry {
    public Answered {
      Objects.requireNonNull(answer, "answer");
      Objects.requireNonNull(target, "target");
    }
  }

  /** A query that failed or expired. */
  record Unanswered(String queryId, String caption, RgbImage reference, Failure failure)
      implements PageEntry {
    public Unanswered {
      Objects.requireNonNull(failure, "failure");
    }
  }
}
