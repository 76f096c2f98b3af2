package dev.heliograph.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.app.embedded.EmbeddedObjectStore;
import dev.heliograph.audit.NoteVerifier;
import dev.heliograph.audit.SigningKey;
import dev.heliograph.audit.VerificationKey;
import dev.heliograph.store.S3Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator prepares before the first worker: keys and buckets. */
class KeysAndBucketsIT {
  @TempDir private Path folder;

  @Test
  void keygenWritesAKeyForItsOwnerAloneAndNeverOverwritesOne() throws Exception {
    Path file = folder.resolve("log.pem");
    CommandRun made = CommandRun.of("audit", "keygen", file, "--log-name", "example.com/audit");

    assertEquals(0, made.exitCode(), made::err);
    SigningKey key = SigningKey.read(file);
    VerificationKey publicKey =
        VerificationKey.fromPem("public", Files.readString(folder.resolve("log.pem.pub")));
    assertEquals(key.id(), publicKey.id());
    assertTrue(made.out().contains(key.id()), made::out);
    String vkey = new NoteVerifier("example.com/audit", publicKey).toVkey();
    assertTrue(made.out().contains("verifier key  " + vkey), made::out);
    assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));

    String before = Files.readString(file);
    assertNotEquals(0, CommandRun.of("audit", "keygen", file).exitCode());
    assertEquals(before, Files.readString(file));
  }

  @Test
  void bucketCreateSaysWhatIsWrongAndWhatTheStoreDoesNotKnow() {
    try (EmbeddedObjectStore server = EmbeddedObjectStore.inMemory()) {
      S3Config s3 = server.config("records");
      CommandRun period = create(s3, "artifacts", "P1X");
      assertEquals(2, period.exitCode(), period::toString);
      assertTrue(period.err().contains("P1X"), period::err);
      assertEquals(2, create(s3, "pictures", "P1D").exitCode());

      CommandRun unlocked = create(s3, "artifacts", "P1D");
      assertNotEquals(0, unlocked.exitCode(), "S3Proxy has no object lock: " + unlocked);
      assertTrue(unlocked.err().contains("records"), unlocked::err);
    }
  }

  private static CommandRun create(S3Config s3, String kind, String retention) {
    return CommandRun.of(
        "bucket",
        "create",
        kind,
        "--retention",
        retention,
        "--set",
        "store.endpoint=" + s3.endpoint(),
        "--set",
        "store.bucket=" + s3.bucket(),
        "--set",
        "store.access-key=" + s3.accessKey(),
        "--set",
        "store.secret-key=" + s3.secretKey());
  }
}
