package dev.heliograph.app.command;

import dev.heliograph.app.audit.AuditSources;
import dev.heliograph.app.audit.FoundRecord;
import dev.heliograph.app.audit.RecordSummary;
import dev.heliograph.audit.KeyGenerator;
import dev.heliograph.audit.LogVerifier;
import dev.heliograph.audit.NoteVerifier;
import dev.heliograph.audit.RecordVerifier;
import dev.heliograph.audit.SealedRecords;
import dev.heliograph.audit.Verdict;
import dev.heliograph.audit.VerificationKey;
import dev.heliograph.audit.VerificationReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heliograph audit}: shows and checks explanation records, and computes them again. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = {
      "Shows, verifies and recomputes explanation records.",
      "Exit codes: 0 verified, 1 failed, 2 wrong usage, 3 could not check."
    },
    synopsisSubcommandLabel = "(show | verify | replay | keygen)",
    subcommands = AuditReplayCommand.class)
final class AuditCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Missing required subcommand: show, verify, replay or keygen");
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "What a query's records say: who, what, when and why. Checks nothing.")
  int show(
      @Mixin AuditOptions options,
      @Parameters(paramLabel = "<record>", description = RECORD) String text) {
    PrintWriter out = spec.commandLine().getOut();
    try (AuditSources sources = options.open()) {
      List<FoundRecord> found = AuditChecks.find(sources, text);
      for (FoundRecord record : found) {
        out.println(RecordSummary.of(record.uri(), record.read().statement()));
      }
      return 0;
    } catch (IOException | RuntimeException e) {
      return AuditChecks.couldNotCheck(spec, e);
    } finally {
      out.flush();
    }
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = {
        "Checks a query's records: signatures, every stored object, inclusion in the log, and",
        "that the log only grew. Without a record: the whole log, and every record in it (not the",
        "objects that records name)."
      })
  int verify(
      @Mixin AuditOptions options,
      @Parameters(paramLabel = "<record>", arity = "0..1", description = RECORD)
          Optional<String> text,
      @Option(
              names = "--earlier",
              paramLabel = "<checkpoint>",
              description = "A checkpoint that you have kept; the log must continue it.")
          Optional<Path> earlier,
      @Option(
              names = "--sealing-time",
              defaultValue = "PT24H",
              description = "How long a record may wait for the log (default: PT24H).")
          Duration sealingTime) {
    PrintWriter out = spec.commandLine().getOut();
    try (AuditSources sources = options.open()) {
      Optional<byte[]> kept = earlier.isPresent() ? read(earlier.get()) : Optional.empty();
      Verdict verdict =
          text.isPresent()
              ? verifyRecords(sources, text.get(), sealingTime, kept, out)
              : verifyLog(sources, kept, out);
      out.println(verdict);
      return verdict.exitCode();
    } catch (IOException | RuntimeException e) {
      return AuditChecks.couldNotCheck(spec, e);
    } finally {
      out.flush();
    }
  }

  private static Verdict verifyRecords(
      AuditSources sources,
      String text,
      Duration sealingTime,
      Optional<byte[]> earlier,
      PrintWriter out)
      throws IOException {
    RecordVerifier verifier =
        new RecordVerifier(sources.trustedKeys(), sources.log(), sealingTime, Clock.systemUTC());
    Verdict worst = Verdict.VERIFIED;
    for (FoundRecord record : AuditChecks.find(sources, text)) {
      VerificationReport report =
          verifier.verify(record.queryId(), record.place(), record.objects(), earlier);
      out.println(record.uri());
      worst = worst.and(print(report, out));
    }
    return worst;
  }

  private static Verdict verifyLog(AuditSources sources, Optional<byte[]> earlier, PrintWriter out)
      throws IOException {
    LogVerifier verifier =
        new LogVerifier(
            sources
                .log()
                .orElseThrow(() -> new UsageException("no log and no key of it are given")));
    SealedRecords records = new SealedRecords(sources.objects(), sources.trustedKeys());
    return print(verifier.verify(earlier, Optional.of(records)), out);
  }

  private static Verdict print(VerificationReport report, PrintWriter out) {
    report.checks().forEach(check -> out.println("  " + check));
    return report.verdict();
  }

  private static Optional<byte[]> read(Path file) throws IOException {
    return Optional.of(Files.readAllBytes(file));
  }

  @Command(
      name = "keygen",
      mixinStandardHelpOptions = true,
      description = "Makes an Ed25519 key: <file>, and its public half <file>.pub.")
  int keygen(
      @Parameters(paramLabel = "<file>") Path file,
      @Option(
              names = "--log-name",
              paramLabel = "<name>",
              description = "Print the verifier key for a log of this name.")
          Optional<String> logName)
      throws IOException {
    VerificationKey key = KeyGenerator.generate(file);
    PrintWriter out = spec.commandLine().getOut();
    out.println("key id        " + key.id());
    out.println("public key    " + file + ".pub");
    logName.ifPresent(name -> out.println("verifier key  " + new NoteVerifier(name, key).toVkey()));
    out.flush();
    return 0;
  }

  static final String RECORD =
      "s3://…/attestation.json, a query's downloaded folder, or a query id, which is looked up in"
          + " the log, then among the events that Kafka still has.";
}
