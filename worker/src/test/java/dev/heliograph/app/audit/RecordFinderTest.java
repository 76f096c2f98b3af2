package dev.heliograph.app.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heliograph.audit.FolderLogStore;
import dev.heliograph.audit.KeyGenerator;
import dev.heliograph.audit.LogEntry;
import dev.heliograph.audit.LogView;
import dev.heliograph.audit.PendingRecords;
import dev.heliograph.audit.Sealer;
import dev.heliograph.audit.SigningKey;
import dev.heliograph.audit.StoredObjects;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFinderTest {
  private static final byte[] RECORD = {1};

  @TempDir private Path bucket;
  @TempDir private Path logFolder;
  @TempDir private Path keyFolder;

  private void there(String... keys) throws IOException {
    for (String key : keys) {
      Files.createDirectories(bucket.resolve(key).getParent());
      Files.write(bucket.resolve(key), RECORD);
    }
  }

  /** A log that has these records of q and one of another query. */
  private RecordFinder log(String... keys) throws Exception {
    Path keyFile = keyFolder.resolve("log.pem");
    KeyGenerator.generate(keyFile);
    Sealer sealer =
        new Sealer(new FolderLogStore(logFolder), "test", SigningKey.read(keyFile), List.of());
    List<LogEntry> entries = new ArrayList<>();
    for (String key : keys) {
      byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
      entries.add(LogEntry.of("q", URI.create("s3://artifacts/" + key), bytes));
    }
    entries.add(
        LogEntry.of("other", URI.create("s3://artifacts/x/other/attestation.json"), RECORD));
    var unused =
        sealer.seal(
            new PendingRecords() {
              @Override
              public List<LogEntry> next(int limit) {
                return entries;
              }

              @Override
              public void sealed(List<LogEntry> records) {}
            });
    return new RecordFinder(
        Optional.of(new LogView(new FolderLogStore(logFolder), List.of(sealer.identity()))));
  }

  private List<String> keys(List<FoundRecord> found) {
    String root = bucket.toUri().toString();
    return found.stream()
        .map(record -> record.uri().toString().replace(root, "").replace("s3://artifacts/", ""))
        .toList();
  }

  @Test
  void aBucketsFolderHasWhatIsThereBelowAnyPrefixAndWhatTheLogMisses() throws Exception {
    there("a/q/attestation.json", "a/q/attestation-3.json", "b/q/attestation.json");
    RecordFinder finder =
        log(
            "a/q/attestation.json",
            "a/q/attestation-2.json",
            "a/q/attestation-3.json",
            "b/q/attestation.json",
            "c/q/attestation.json");

    assertEquals(
        List.of(
            "a/q/attestation.json",
            "a/q/attestation-3.json",
            "b/q/attestation.json",
            "a/q/attestation-2.json",
            "c/q/attestation.json"),
        keys(finder.inBucketFolder(bucket, "q")));
    assertEquals(List.of("x/other/attestation.json"), keys(finder.inBucketFolder(bucket, "other")));
    assertEquals(List.of(), finder.inBucketFolder(bucket, "nobody"));
  }

  @Test
  void aQuerysFolderHasItsRecordsByTheirNames() throws Exception {
    there("q/attestation.json", "q/attestation-10.json", "q/attestation-9.json", "q/notes.json");
    RecordFinder finder = log("a/q/attestation.json", "a/q/attestation-2.json");

    List<String> expected =
        List.of(
            "q/attestation.json",
            "q/attestation-9.json",
            "q/attestation-10.json",
            "a/q/attestation-2.json");
    assertEquals(expected, keys(finder.inQueryFolder(bucket.resolve("q"), Optional.of("q"))));
    assertEquals(expected, keys(finder.inBucketFolder(bucket, "q")));

    Files.createDirectories(bucket.resolve("gone/q"));
    assertEquals(
        List.of("a/q/attestation.json", "a/q/attestation-2.json"),
        keys(finder.inQueryFolder(bucket.resolve("gone/q"), Optional.empty())));
  }

  @Test
  void belowAPrefixGapsHideNothingAndOtherPrefixesDoNotCount() throws Exception {
    List<String> there = List.of("s3://artifacts/a/q/attestation-3.json");
    StoredObjects objects =
        uri ->
            there.contains(uri.toString())
                ? Optional.of(new ByteArrayInputStream(RECORD))
                : Optional.empty();
    URI folder = URI.create("s3://artifacts/a/q/");
    RecordFinder finder = log("a/q/attestation-2.json", "b/q/attestation.json");

    assertEquals(
        List.of("a/q/attestation-3.json", "a/q/attestation-2.json"),
        keys(finder.inStore(folder, "q", objects)));
    assertEquals(
        List.of("a/q/attestation.json"),
        keys(new RecordFinder(Optional.empty()).inStore(folder, "q", uri -> Optional.empty())));
  }

  @Test
  void aBrokenLogHidesNothingThatIsThere() throws Exception {
    there("a/q/attestation.json");
    RecordFinder finder = log("a/q/attestation.json");
    Files.delete(logFolder.resolve("tile/0/000.p/2"));

    assertEquals(List.of("a/q/attestation.json"), keys(finder.inBucketFolder(bucket, "q")));
    assertThrows(IOException.class, () -> finder.inBucketFolder(bucket, "other"));
  }
}
