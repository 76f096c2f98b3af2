package dev.heliograph.audit;

import java.util.List;

/** All that a verification looked at, in order. */
public record VerificationReport(List<Check> checks) {
  public VerificationReport {
    checks = List.copyOf(checks);
  }

  /** FAILED if any check failed; else COULD_NOT_CHECK if any could not be made, or none was. */
  public Verdict verdict() {
    if (checks.stream().anyMatch(check -> check.verdict() == Verdict.FAILED)) {
      return Verdict.FAILED;
    }
    boolean complete = checks.stream().allMatch(check -> check.verdict() == Verdict.VERIFIED);
    return complete && !checks.isEmpty() ? Verdict.VERIFIED : Verdict.COULD_NOT_CHECK;
  }

  public List<Check> failures() {
    return checks.stream().filter(check -> check.verdict() == Verdict.FAILED).toList();
  }
}
