package dev.heliograph.app.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.app.config.SettingException;
import dev.heliograph.app.config.Settings;
import dev.heliograph.audit.FolderLogStore;
import dev.heliograph.audit.KeyGenerator;
import dev.heliograph.audit.LogEntry;
import dev.heliograph.audit.PendingRecords;
import dev.heliograph.audit.Sealer;
import dev.heliograph.audit.SigningKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditSourcesTest {
  private static final Settings SETTINGS =
      Settings.of(
          Optional.empty(),
          Map.of(),
          Map.of(
              "store.endpoint", "http://127.0.0.1:9",
              "store.bucket", "artifacts",
              "store.access-key", "key",
              "store.secret-key", "secret"));

  @TempDir private Path folder;

  private Sealer sealer() throws IOException {
    Path keyFile = folder.resolve("log.pem");
    KeyGenerator.generate(keyFile);
    return new Sealer(
        new FolderLogStore(folder.resolve("log")), "test", SigningKey.read(keyFile), List.of());
  }

  private static PendingRecords pending(LogEntry... entries) {
    return new PendingRecords() {
      @Override
      public List<LogEntry> next(int limit) {
        return List.of(entries);
      }

      @Override
      public void sealed(List<LogEntry> records) {}
    };
  }

  private static LogEntry entry(String queryId, String key) {
    return LogEntry.of(queryId, URI.create("s3://artifacts/" + key), key.getBytes(UTF_8));
  }

  /** What the log says of a query was written by whoever publishes records. */
  @Test
  void aRecordThatIsLookedUpMustBeOfTheQueryThatWasAskedForAndTheOldestComesFirst()
      throws IOException {
    Sealer sealer = sealer();
    var unused =
        sealer.seal(
            pending(
                entry("q", "z/q/attestation.json"),
                entry("q", "z/q/attestation-2.json"),
                entry("q", "a/other/attestation.json")));
    AuditSources.Where where =
        new AuditSources.Where(
            Optional.empty(),
            Optional.of(folder.resolve("log")),
            Optional.empty(),
            Optional.empty(),
            List.of(sealer.identity().toVkey()));

    try (AuditSources sources = new AuditSources(SETTINGS, where)) {
      List<FoundRecord> found = sources.find("q");

      assertEquals(
          List.of("/z/q/attestation.json", "/z/q/attestation-2.json", "/a/other/attestation.json"),
          found.stream().map(record -> record.uri().getPath()).toList());
      assertEquals(List.of("q", "q", "q"), found.stream().map(FoundRecord::queryId).toList());
    }
  }

  /** {@code src} is a folder here. */
  @Test
  void anIdIsLookedUpInTheFolderThatIsGivenThoughAFolderOfThatNameIsAtHand() throws IOException {
    Path record = folder.resolve("bucket/2026/src/attestation.json");
    Files.createDirectories(record.getParent());
    Files.write(record, new byte[] {1});
    AuditSources.Where where =
        new AuditSources.Where(
            Optional.of(folder.resolve("bucket")),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of());

    try (AuditSources sources = new AuditSources(SETTINGS, where)) {
      assertEquals(
          List.of(record.toUri()), sources.find("src").stream().map(FoundRecord::uri).toList());
    }
  }

  /** A log that is not there must not look like one whose records were removed. */
  @Test
  void aFolderThatIsNotThereIsRefused() {
    Optional<Path> none = Optional.of(folder.resolve("none"));

    for (AuditSources.Where where :
        List.of(
            new AuditSources.Where(
                none, Optional.empty(), Optional.empty(), Optional.empty(), List.of()),
            new AuditSources.Where(
                Optional.empty(), none, Optional.empty(), Optional.empty(), List.of()))) {
      SettingException e =
          assertThrows(SettingException.class, () -> new AuditSources(SETTINGS, where));
      assertTrue(e.getMessage().endsWith("none is not a folder"), e.getMessage());
    }
  }
}
