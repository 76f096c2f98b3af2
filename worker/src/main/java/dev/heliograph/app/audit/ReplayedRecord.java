package dev.heliograph.app.audit;

import dev.heliograph.audit.Check;
import dev.heliograph.audit.ReplayReport;
import dev.heliograph.audit.Verdict;
import dev.heliograph.audit.VerificationReport;
import java.util.Locale;
import java.util.Optional;

/**
 * What computing a record's answer again came to.
 *
 * @param origin whether the record is genuine
 * @param report empty if the record is refused: it is not genuine, or there is none
 */
public record ReplayedRecord(
    String queryId, VerificationReport origin, Optional<ReplayReport> report) {

  /** Of the record and of the comparison together. */
  public Verdict verdict() {
    Verdict compared =
        report.map(found -> found.outcome().verdict()).orElse(Verdict.COULD_NOT_CHECK);
    return origin.verdict().and(compared);
  }

  /** One line. */
  public String summary() {
    return report
        .map(
            found ->
                String.format(
                    Locale.ROOT,
                    "%s: %s, largest difference of a score %.1e, of a map %.1e of its maximum",
                    queryId,
                    found.outcome(),
                    found.largestScoreDifference(),
                    found.largestGridDifference()))
        .orElse(queryId + ": REFUSED, nothing was computed");
  }

  /** The summary, and below it what is wrong, could not be checked, or differs. */
  public String text() {
    StringBuilder text = new StringBuilder(summary()).append('\n');
    for (Check check : origin.checks()) {
      if (check.verdict() != Verdict.VERIFIED) {
        text.append("  ").append(check).append('\n');
      }
    }
    report.ifPresent(
        found -> found.findings().forEach(line -> text.append("  ").append(line).append('\n')));
    return text.toString();
  }
}
