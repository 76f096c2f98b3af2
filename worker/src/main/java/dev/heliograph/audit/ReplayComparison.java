package dev.heliograph.audit;

import dev.heliograph.query.Answer;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.Provenance;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Compares a recorded answer with one computed again from the recorded inputs. The ranking must be
 * the same, whatever the tolerance; scores and maps may differ within it, though by no more than
 * {@link ReplayTolerance#LIMIT}, whatever the record says. Where a map is the same bit for bit, so
 * must be its NPY file, which holds nothing else; an overlay's bytes also depend on the image
 * library, and only count towards "bitwise equal".
 *
 * <p>Arithmetic of another precision gives other numbers, and may rank otherwise. So it is said
 * first that it was another one, and what then differs says nothing against the record.
 */
public final class ReplayComparison {
  private static final String NPY = "application/x-npy";

  private final ReplayTolerance tolerance;
  private final List<String> findings = new ArrayList<>();
  private float scoreDifference;
  private float gridDifference;
  private boolean bitwise = true;
  private boolean differs;
  private boolean otherPrecision;

  private ReplayComparison(ReplayTolerance tolerance) {
    this.tolerance = tolerance;
  }

  /**
   * @param recompute answers the recorded query again; a {@link QueryFailedException} says why it
   *     cannot (GALLERY_UNKNOWN, REFERENCE_NOT_FOUND, …)
   * @throws AuditFormatException if the record lacks what a completed query's must have
   */
  public static ReplayReport replay(
      Statement statement, Function<RecordedExplanation, Answer> recompute) {
    Optional<RecordedExplanation> recorded = RecordedExplanation.of(statement);
    if (recorded.isEmpty()) {
      return ReplayReport.notComparable(
          List.of("the query's outcome is " + Text.shorten(statement.outcome())));
    }
    Answer answer;
    try {
      answer = recompute.apply(recorded.get());
    } catch (QueryFailedException e) {
      return ReplayReport.notComparable(
          List.of("it cannot be computed here: " + e.code() + ": " + e.getMessage()));
    }
    return compare(recorded.get(), answer);
  }

  static ReplayReport compare(RecordedExplanation recorded, Answer answer) {
    List<String> obstacles = obstacles(recorded, answer.provenance());
    if (!obstacles.isEmpty()) {
      return ReplayReport.notComparable(obstacles);
    }
    ReplayTolerance tolerance = recorded.tolerance().atMost(ReplayTolerance.LIMIT);
    ReplayComparison comparison = new ReplayComparison(tolerance);
    if (!tolerance.equals(recorded.tolerance())) {
      comparison.findings.add(
          "the record allows differences of "
              + recorded.tolerance().score()
              + " and "
              + recorded.tolerance().grid()
              + "; no more than "
              + tolerance.score()
              + " and "
              + tolerance.grid()
              + " are");
    }
    return comparison.report(recorded, answer);
  }

  private static List<String> obstacles(RecordedExplanation recorded, Provenance here) {
    List<String> obstacles = new ArrayList<>();
    other("CLIP weights", recorded.clipSha256(), here.clipSha256(), obstacles);
    other("phi weights", recorded.phiSha256(), here.phiSha256(), obstacles);
    other(
        "gallery " + recorded.gallery(), recorded.gallerySha256(), here.gallerySha256(), obstacles);
    other("preprocessing", recorded.preprocessType(), here.preprocess().name(), obstacles);
    return obstacles;
  }

  private static void other(String what, String recorded, String here, List<String> obstacles) {
    if (!recorded.equals(here)) {
      obstacles.add(
          what + " differ: recorded with " + Text.shorten(recorded) + ", here are " + here);
    }
  }

  private ReplayReport report(RecordedExplanation recorded, Answer answer) {
    comparePrecision(recorded.precision(), answer.provenance().precision());
    compareRanking(recorded.ranking(), answer.results());
    compareSaliency("reference", recorded.referenceSaliency(), answer.referenceSaliency());
    return new ReplayReport(outcome(), scoreDifference, gridDifference, findings);
  }

  private ReplayReport.Outcome outcome() {
    if (differs) {
      return otherPrecision ? ReplayReport.Outcome.NOT_COMPARABLE : ReplayReport.Outcome.DIFFERS;
    }
    return bitwise ? ReplayReport.Outcome.BITWISE_EQUAL : ReplayReport.Outcome.WITHIN_TOLERANCE;
  }

  private void comparePrecision(String recorded, String here) {
    if (!recorded.equals(here)) {
      otherPrecision = true;
      findings.add(
          "computed in "
              + here
              + ", recorded in "
              + Text.shorten(recorded)
              + ": numbers cannot be equal bit for bit");
    }
  }

  private void compareRanking(
      List<RecordedExplanation.Image> recorded, List<RankedImage> recomputed) {
    if (recorded.size() != recomputed.size()) {
      differs(recorded.size() + " results are recorded, " + recomputed.size() + " were found");
    }
    for (int i = 0; i < Math.min(recorded.size(), recomputed.size()); i++) {
      RecordedExplanation.Image before = recorded.get(i);
      RankedImage now = recomputed.get(i);
      String rank = "rank " + (i + 1);
      if (!before.name().equals(now.imageName())) {
        differs(rank + " was " + Text.shorten(before.name()) + ", now is " + now.imageName());
      } else {
        compareScore(rank + " similarity", before.similarity(), now.similarity());
        compareSaliency(rank, before.saliency(), now.saliency());
      }
    }
  }

  private void compareSaliency(
      String what, Optional<RecordedExplanation.Saliency> recorded, Optional<Saliency> recomputed) {
    if (recorded.isPresent() != recomputed.isPresent()) {
      differs(what + " has a map " + (recorded.isPresent() ? "only in the record" : "only now"));
    } else if (recorded.isPresent()) {
      RecordedExplanation.Saliency before = recorded.get();
      Saliency now = recomputed.orElseThrow();
      compareScore(what + " explained score", before.explainedScore(), now.explainedScore());
      compareScore(what + " ranking score", before.rankingScore(), now.rankingScore());
      boolean sameMap = compareGrid(what, before.grid(), now.map().grid());
      compareBytes(before.heatmap(), now.heatmap(), false);
      compareBytes(before.array(), now.array(), sameMap);
    }
  }

  private void compareScore(String what, float recorded, float recomputed) {
    if (Float.compare(recorded, recomputed) != 0) {
      bitwise = false;
      float difference = difference(recorded, recomputed);
      scoreDifference = Math.max(scoreDifference, difference);
      if (difference > tolerance.score()) {
        differs(what + " was " + recorded + ", now is " + recomputed);
      }
    }
  }

  /** Whether the grids are the same bit for bit. */
  private boolean compareGrid(String what, float[] recorded, float[] recomputed) {
    if (recorded.length != recomputed.length) {
      differs(what + " map had " + recorded.length + " values, now has " + recomputed.length);
      return false;
    }
    float maximum = 0;
    float largest = 0;
    boolean same = true;
    for (int i = 0; i < recorded.length; i++) {
      maximum = Math.max(maximum, recorded[i]);
      largest = Math.max(largest, difference(recorded[i], recomputed[i]));
      same &= Float.compare(recorded[i], recomputed[i]) == 0;
    }
    float relative = largest == 0 ? 0 : maximum > 0 ? largest / maximum : Float.POSITIVE_INFINITY;
    gridDifference = Math.max(gridDifference, relative);
    bitwise &= same;
    if (relative > tolerance.grid()) {
      differs(what + " map differs by " + relative + " of its maximum");
    }
    return same;
  }

  /** Not a number in one place only is as far away as can be. */
  private static float difference(float a, float b) {
    float difference = Float.compare(a, b) == 0 ? 0 : Math.abs(a - b);
    return Float.isNaN(difference) ? Float.POSITIVE_INFINITY : difference;
  }

  private void compareBytes(
      Optional<RecordedExplanation.Stored> recorded,
      Optional<Artifact> recomputed,
      boolean sameMap) {
    if (recorded.isEmpty()) {
      return;
    }
    RecordedExplanation.Stored before = recorded.get();
    String name = Text.shorten(before.name());
    if (recomputed.isEmpty()) {
      bitwise = false;
      findings.add(name + " was not made again");
    } else if (!before.sha256().equals(recomputed.get().sha256())) {
      bitwise = false;
      if (sameMap && before.mediaType().equals(NPY)) {
        differs(name + " has other bytes, though the map is the same");
      } else {
        findings.add(name + " has other bytes");
      }
    }
  }

  private void differs(String finding) {
    differs = true;
    findings.add(finding);
  }
}
