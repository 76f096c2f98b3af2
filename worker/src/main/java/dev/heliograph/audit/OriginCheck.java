package dev.heliograph.audit;

import java.util.List;

/** Whether a record is that of a query, and signed by a key that was trusted then. Thread-safe. */
public final class OriginCheck {
  private final SignatureCheck signature;

  public OriginCheck(TrustedKeys trusted) {
    this.signature = new SignatureCheck(trusted);
  }

  /**
   * @param queryId whose record it must be
   * @param name of the record, for messages
   */
  public VerificationReport check(String queryId, String name, SignedStatement record) {
    return new VerificationReport(
        List.of(
            ofQuery(queryId, name, record.statement()),
            signature.check(name, record.envelope(), record.statement())));
  }

  private static Check ofQuery(String queryId, String name, Statement statement) {
    boolean same = statement.queryId().equals(queryId);
    return new Check(
        Check.Kind.RECORD,
        name,
        same ? Verdict.VERIFIED : Verdict.FAILED,
        same
            ? "is the record of query " + queryId + ", " + statement.outcome()
            : "is the record of another query, " + statement.queryId());
  }
}
