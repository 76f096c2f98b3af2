package dev.heliograph.app.command;

import dev.heliograph.app.audit.AuditSources;
import dev.heliograph.app.audit.FoundRecord;
import dev.heliograph.app.audit.RecordReplay;
import dev.heliograph.app.audit.Replay;
import dev.heliograph.app.audit.ReplayedRecord;
import dev.heliograph.app.config.Settings;
import dev.heliograph.app.worker.EngineConfig;
import dev.heliograph.audit.RecordVerifier;
import dev.heliograph.audit.Verdict;
import dev.heliograph.audit.VerificationReport;
import dev.heliograph.demo.page.Audited;
import dev.heliograph.engine.Heliograph;
import dev.heliograph.store.FolderObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Verifies the record of one of the demo's queries and computes its answer again, as an auditor
 * would: from the store, the log and the keys, in an engine of its own.
 */
record DemoAudit(FoundRecord record, VerificationReport verified, ReplayedRecord replayed) {
  private static final Duration SEALING_TIME = Duration.ofHours(24);
  private static final Duration SEALING_PATIENCE = Duration.ofSeconds(30);
  private static final int LOOK_AFTER_MILLIS = 50;

  /**
   * @param address of the record
   * @param scratch where recomputed files may go
   */
  static DemoAudit of(Settings settings, String address, byte[] reference, Path scratch)
      throws IOException, InterruptedException {
    try (AuditSources sources = new AuditSources(settings, AuditSources.Where.SETTINGS);
        Heliograph engine =
            EngineConfig.of(settings).builder().store(new FolderObjectStore(scratch)).open()) {
      FoundRecord record = sources.find(address).get(0);
      RecordVerifier verifier =
          new RecordVerifier(sources.trustedKeys(), sources.log(), SEALING_TIME, Clock.systemUTC());
      Replay replay =
          new Replay(engine, Optional.empty(), new Replay.Given(Optional.of(reference), List.of()));
      ReplayedRecord replayed = new RecordReplay(replay, sources.trustedKeys()).replay(record);
      return new DemoAudit(record, verified(verifier, record), replayed);
    }
  }

  /**
   * Once the log has it: the sealer comes by now and then, and may be met while it publishes its
   * very first checkpoint.
   */
  private static VerificationReport verified(RecordVerifier verifier, FoundRecord record)
      throws InterruptedException {
    long deadline = System.nanoTime() + SEALING_PATIENCE.toNanos();
    while (true) {
      VerificationReport report =
          verifier.verify(record.queryId(), record.place(), record.objects(), Optional.empty());
      if (report.verdict() == Verdict.VERIFIED || System.nanoTime() - deadline > 0) {
        return report;
      }
      Thread.sleep(LOOK_AFTER_MILLIS);
    }
  }

  boolean isGood() {
    return verified.verdict() == Verdict.VERIFIED && replayed.verdict() == Verdict.VERIFIED;
  }

  /** For the terminal: what was checked, summed up unless something is wrong. */
  String text() {
    StringBuilder text = new StringBuilder("Audit        ");
    text.append(record.queryId())
        .append(": ")
        .append(verified.checks().size())
        .append(" checks, ")
        .append(verified.verdict())
        .append("; replayed: ")
        .append(replayed.report().map(report -> report.outcome().name()).orElse("REFUSED"))
        .append('\n');
    if (!isGood()) {
      verified.checks().forEach(check -> text.append("  ").append(check).append('\n'));
      text.append(replayed.text());
    }
    return text.toString().stripTrailing();
  }

  Audited onPage() {
    return new Audited(
        record.queryId(),
        verified.verdict().toString(),
        verified.checks().stream().map(Object::toString).toList(),
        replayed.summary());
  }
}
