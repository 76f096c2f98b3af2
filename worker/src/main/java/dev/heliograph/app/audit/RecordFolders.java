package dev.heliograph.app.audit;

import dev.heliograph.audit.StoredObjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Records in downloaded folders: a query's own, or a whole bucket's. */
final class RecordFolders {
  private static final Pattern RECORD = Pattern.compile("attestation(-[0-9]+)?\\.json");

  /** A prefix of ten segments is deep; a link to the root is deeper. */
  private static final int MAX_DEPTH = 12;

  private RecordFolders() {}

  /** Those of a query's folder, oldest first. */
  static List<FoundRecord> ofQuery(Path folder) throws IOException {
    StoredObjects objects = StoredObjects.ofQueryFolder(folder);
    String name = String.valueOf(folder.toRealPath().getFileName());
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> records =
          files
              .filter(file -> RECORD.matcher(file.getFileName().toString()).matches())
              .sorted((a, b) -> Integer.compare(number(a), number(b)))
              .toList();
      return records.stream()
          .map(file -> new FoundRecord(queryId(file, objects, name), file.toUri(), objects))
          .toList();
    }
  }

  /** Those of a query in a bucket's folder; its objects are found wherever they lie below it. */
  static List<FoundRecord> inBucket(Path bucket, String queryId) throws IOException {
    try (Stream<Path> folders =
        Files.find(
            bucket,
            MAX_DEPTH,
            (path, attributes) ->
                attributes.isDirectory() && path.getFileName().toString().equals(queryId))) {
      for (Path folder : folders.sorted().toList()) {
        List<FoundRecord> found = ofQuery(folder);
        if (!found.isEmpty()) {
          return found.stream()
              .map(record -> new FoundRecord(queryId, record.uri(), record.objects()))
              .toList();
        }
      }
      return List.of();
    }
  }

  /** A folder may have any name: what the record says is then checked against itself. */
  private static String queryId(Path file, StoredObjects objects, String folderName) {
    try {
      return new FoundRecord(folderName, file.toUri(), objects).statement().queryId();
    } catch (IOException e) {
      return folderName;
    }
  }

  private static int number(Path file) {
    String digits = file.getFileName().toString().replaceAll("[^0-9]", "");
    return digits.isEmpty()
        ? 1
        : Integer.parseInt(digits.substring(0, Math.min(9, digits.length())));
  }
}
