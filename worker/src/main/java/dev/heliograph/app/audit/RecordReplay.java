package dev.heliograph.app.audit;

import dev.heliograph.audit.Check;
import dev.heliograph.audit.OriginCheck;
import dev.heliograph.audit.SignedStatement;
import dev.heliograph.audit.TrustedKeys;
import dev.heliograph.audit.Verdict;
import dev.heliograph.audit.VerificationReport;
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

  /**
   * @throws dev.heliograph.audit.AuditFormatException if the record lacks what it must have
   */
  public ReplayedRecord replay(FoundRecord found) {
    String name = found.place().name();
    SignedStatement record;
    try {
      record = found.read();
    } catch (IOException e) {
      Check check =
          new Check(
              Check.Kind.RECORD, name, Verdict.COULD_NOT_CHECK, String.valueOf(e.getMessage()));
      return refused(found, new VerificationReport(List.of(check)));
    }
    VerificationReport genuine = origin.check(found.queryId(), name, record);
    return genuine.verdict() == Verdict.FAILED
        ? refused(found, genuine)
        : new ReplayedRecord(
            found.queryId(), genuine, Optional.of(replay.replay(record.statement())));
  }

  private static ReplayedRecord refused(FoundRecord found, VerificationReport why) {
    return new ReplayedRecord(found.queryId(), why, Optional.empty());
  }
}
