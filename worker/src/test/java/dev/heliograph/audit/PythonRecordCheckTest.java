package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another implementation checks our records: PyPI's securesystemslib and in-toto-attestation, by
 * {@code infra/audit-check/check_record.py}. The variable {@code HELIOGRAPH_AUDIT_PYTHON} names a
 * Python that has its requirements; skipped where it is not set.
 */
class PythonRecordCheckTest {
  private static final Path SCRIPT =
      Path.of("../infra/audit-check/check_record.py").toAbsolutePath().normalize();

  @TempDir Path folder;

  private String python = "";

  @BeforeEach
  void needsPython() {
    String variable = System.getenv("HELIOGRAPH_AUDIT_PYTHON");
    assumeTrue(variable != null, "HELIOGRAPH_AUDIT_PYTHON is not set");
    python = variable;
  }

  private Run check(byte[] record) throws Exception {
    Path file = folder.resolve("attestation.json");
    Path key = folder.resolve("key.pub");
    Files.write(file, record);
    Files.writeString(key, AuditExamples.RFC_8410_PUBLIC);
    return Run.of(folder, python, SCRIPT.toString(), file.toString(), key.toString());
  }

  @Test
  void pythonVerifiesOurEnvelopeAndStatement() throws Exception {
    SigningKey second = SigningKey.generate();

    Run run = check(AuditExamples.record("q1", AuditExamples.key(), second));

    assertEquals(0, run.exitCode(), run::toString);
    assertTrue(run.output().contains("reference_heatmap.png"), run::toString);
    assertEquals(6, run.output().lines().count());
  }

  @Test
  void pythonRefusesAChangedAndAForeignRecord() throws Exception {
    DsseEnvelope real =
        DsseEnvelope.parse("record", AuditExamples.record("q1", AuditExamples.key()));
    byte[] payload = real.payload().clone();
    payload[payload.length / 2] ^= 1;

    Run changed = check(new DsseEnvelope(real.payloadType(), payload, real.signatures()).toBytes());
    Run foreign = check(AuditExamples.record("q1", SigningKey.generate()));

    assertEquals(1, changed.exitCode(), changed::toString);
    assertEquals(1, foreign.exitCode(), foreign::toString);
    assertTrue(foreign.output().startsWith("signature:"), foreign::toString);
  }
}
