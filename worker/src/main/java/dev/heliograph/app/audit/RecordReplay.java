package dev.heliograph.app.audit;

import dev.heliograph.audit.AuditFormatException;
import dev.heliograph.audit.Check;
import dev.heliograph.audit.OriginCheck;
import dev.heliograph.audit.ReplayReport;
import dev.heliograph.audit.SignedStatement;
import dev.heliograph.audit.Statement;
import dev.heliograph.audit.TrustedKeys;
import dev.heliograph.audit.Verdict;
import dev.heliograph.audit.VerificationReport;
import dev.heliograph.query.Text;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Computes records again that are genuine: of their query, and signed by a key that was trusted.
 * Where that cannot be told (no key was given), they are computed, and it is said. What a forged
 * record asks for is not computed.
 */
public final class RecordReplay {
  private final Replay replay;
  private final OriginCheck origin;

  public RecordReplay(Replay replay, TrustedKeys trusted) {
    this.replay = replay;
    this.origin = new OriginCheck(trusted);
  }

  /** One record never ends the replay of others: what it lacks is told. */
  public ReplayedRecord replay(FoundRecord found) {
    String name = found.place().name();
    SignedStatement record;
    try {
      record = found.read();
    } catch (IOException e) {
      boolean broken = e.getCause() instanceof AuditFormatException;
      Check check =
          new Check(
              Check.Kind.RECORD,
              name,
              broken ? Verdict.FAILED : Verdict.COULD_NOT_CHECK,
              String.valueOf(e.getMessage()));
      return refused(found, new VerificationReport(List.of(check)));
    }
    VerificationReport genuine = origin.check(found.queryId(), name, record);
    return genuine.verdict() == Verdict.FAILED
        ? refused(found, genuine)
        : new ReplayedRecord(found.queryId(), genuine, Optional.of(report(record.statement())));
  }

  private ReplayReport report(Statement statement) {
    try {
      return replay.replay(statement);
    } catch (AuditFormatException e) {
      return ReplayReport.notComparable(
          List.of("the record is incomplete: " + Text.oneLine(String.valueOf(e.getMessage()))));
    }
  }

  private static ReplayedRecord refused(FoundRecord found, VerificationReport why) {
    return new ReplayedRecord(found.queryId(), why, Optional.empty());
  }
}
