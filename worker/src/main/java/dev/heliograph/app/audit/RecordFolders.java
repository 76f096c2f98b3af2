package dev.heliograph.app.audit;

import dev.heliograph.audit.RecordNames;
import dev.heliograph.audit.RecordPlace;
import dev.heliograph.audit.StoredObjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Records in downloaded folders: a query's own, or a whole bucket's. */
final class RecordFolders {
  /** A prefix of ten segments is deep; a link to the root is deeper. */
  private static final int MAX_DEPTH = 12;

  private RecordFolders() {}

  /**
   * Those of a query's folder, oldest first.
   *
   * @param queryId whose they must be; empty: the query's that each says it is of, for a folder may
   *     have any name
   */
  static List<FoundRecord> ofQuery(Path folder, Optional<String> queryId) throws IOException {
    StoredObjects objects = StoredObjects.ofQueryFolder(folder);
    List<FoundRecord> found = new ArrayList<>();
    for (Path file : records(folder)) {
      String name = String.valueOf(file.getFileName());
      RecordPlace place = RecordPlace.downloaded(file.toUri(), List.of(name));
      String id = queryId.isPresent() ? queryId.get() : queryId(folder, place, objects);
      found.add(new FoundRecord(id, place, objects));
    }
    return found;
  }

  /**
   * Those of a query in a bucket's folder, wherever in it: an id can be used below two prefixes.
   * Their objects are found beside them.
   */
  static List<FoundRecord> inBucket(Path bucket, String queryId) throws IOException {
    List<FoundRecord> found = new ArrayList<>();
    try (Stream<Path> folders =
        Files.find(
            bucket,
            MAX_DEPTH,
            (path, attributes) ->
                attributes.isDirectory() && path.getFileName().toString().equals(queryId))) {
      for (Path folder : folders.sorted().toList()) {
        StoredObjects objects = StoredObjects.ofQueryFolder(folder);
        for (Path file : records(folder)) {
          RecordPlace place =
              RecordPlace.downloaded(file.toUri(), segments(bucket.relativize(file)));
          found.add(new FoundRecord(queryId, place, objects));
        }
      }
    }
    return found;
  }

  /** The name of a folder that has no record to tell. */
  static String nameOf(Path folder) throws IOException {
    return String.valueOf(folder.toRealPath().getFileName());
  }

  private static List<Path> records(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> number(file) > 0)
          .sorted(Comparator.comparingInt(RecordFolders::number))
          .toList();
    }
  }

  /** 0: it is none. */
  private static int number(Path file) {
    return RecordNames.number(String.valueOf(file.getFileName())).orElse(0);
  }

  private static List<String> segments(Path path) {
    return StreamSupport.stream(path.spliterator(), false).map(Path::toString).toList();
  }

  private static String queryId(Path folder, RecordPlace place, StoredObjects objects)
      throws IOException {
    String name = nameOf(folder);
    try {
      return new FoundRecord(name, place, objects).read().statement().queryId();
    } catch (IOException e) {
      return name;
    }
  }
}
