package dev.heliograph.app.command;

import dev.heliograph.app.audit.AuditSources;
import dev.heliograph.app.audit.FoundRecord;
import dev.heliograph.app.config.SettingException;
import dev.heliograph.audit.LogCorruptException;
import dev.heliograph.audit.Verdict;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** What the audit commands share: finding records, and telling "wrong" from "not looked at". */
final class AuditChecks {
  private AuditChecks() {}

  /**
   * @throws IOException if there is none, or nobody can tell
   */
  static List<FoundRecord> find(AuditSources sources, String text) throws IOException {
    List<FoundRecord> found = sources.find(text);
    if (found.isEmpty()) {
      throw new IOException(text + ": no record is found");
    }
    return found;
  }

  /** A log that contradicts itself has failed; anything else has not been checked. */
  static int couldNotCheck(CommandSpec spec, Exception e) {
    return couldNotCheck(spec, e, Verdict.COULD_NOT_CHECK);
  }

  /**
   * @param before on what was looked at until then: a failure remains one
   */
  static int couldNotCheck(CommandSpec spec, Exception e, Verdict before) {
    if (e instanceof UsageException usage) {
      throw usage;
    }
    if (e instanceof SettingException setting) {
      throw setting;
    }
    boolean corrupt = e instanceof LogCorruptException;
    Verdict verdict = (corrupt ? Verdict.FAILED : Verdict.COULD_NOT_CHECK).and(before);
    // Of a missing file, the message is its name alone.
    boolean plain = e instanceof IOException && !(e instanceof FileSystemException);
    boolean own = plain || e.getClass().getName().startsWith("dev.heliograph.");
    String text = own && e.getMessage() != null ? e.getMessage() : e.toString();
    spec.commandLine().getErr().println("heliograph: " + text.replaceAll("\\p{Cntrl}+", " "));
    spec.commandLine().getErr().flush();
    spec.commandLine().getOut().println(verdict);
    return verdict.exitCode();
  }
}
