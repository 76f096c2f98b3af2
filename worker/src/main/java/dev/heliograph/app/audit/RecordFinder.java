package dev.heliograph.app.audit;

import dev.heliograph.audit.LogEntry;
import dev.heliograph.audit.LogView;
import dev.heliograph.audit.RecordPlace;
import dev.heliograph.audit.StoredObjects;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds a query's records where they are, and where the log says that they should be: one that was
 * removed is among them, and is then told.
 */
final class RecordFinder {
  private final Optional<LogView> log;

  /**
   * @param log empty if none is at hand: then nobody knows of a record that is gone
   */
  RecordFinder(Optional<LogView> log) {
    this.log = log;
  }

  /** In one query's downloaded folder, which may have any name. */
  List<FoundRecord> inQueryFolder(Path folder, Optional<String> queryId) throws IOException {
    List<FoundRecord> there = RecordFolders.ofQuery(folder, queryId);
    Set<String> ids = new TreeSet<>();
    there.forEach(record -> ids.add(record.queryId()));
    if (ids.isEmpty()) {
      ids.add(queryId.isPresent() ? queryId.get() : RecordFolders.nameOf(folder));
    }
    List<FoundRecord> all = new ArrayList<>(there);
    for (String id : ids) {
      List<FoundRecord> known = there.stream().filter(r -> r.queryId().equals(id)).toList();
      all.addAll(gone(id, known, StoredObjects.ofQueryFolder(folder)));
    }
    return all;
  }

  /** In a downloaded bucket, or in a folder that is the query's own after all. */
  List<FoundRecord> inBucketFolder(Path folder, String queryId) throws IOException {
    List<FoundRecord> there = RecordFolders.inBucket(folder, queryId);
    if (there.isEmpty() && !RecordFolders.ofQuery(folder, Optional.of(queryId)).isEmpty()) {
      return inQueryFolder(folder, Optional.of(queryId));
    }
    List<FoundRecord> all = new ArrayList<>(there);
    all.addAll(gone(queryId, there, StoredObjects.ofBucketFolder(folder)));
    return all;
  }

  /**
   * In a query's folder in the store. If nobody knows of any, the first is where it should be.
   *
   * @param folder ends with a slash
   */
  List<FoundRecord> inStore(URI folder, String queryId, StoredObjects objects) throws IOException {
    List<FoundRecord> there =
        objects.records(folder).stream().map(uri -> stored(queryId, uri, objects)).toList();
    List<FoundRecord> all = new ArrayList<>(there);
    gone(queryId, there, objects).stream()
        .filter(record -> record.uri().resolve(".").equals(folder))
        .forEach(all::add);
    return all.isEmpty()
        ? List.of(stored(queryId, folder.resolve("attestation.json"), objects))
        : all;
  }

  static FoundRecord stored(String queryId, URI uri, StoredObjects objects) {
    return new FoundRecord(queryId, RecordPlace.stored(uri), objects);
  }

  /**
   * Those that the log has and nobody found. A log that contradicts itself is told by who verifies
   * what was found; where nothing was, it is told here.
   */
  private List<FoundRecord> gone(String queryId, List<FoundRecord> there, StoredObjects objects)
      throws IOException {
    List<FoundRecord> gone = new ArrayList<>();
    try {
      for (LogEntry entry : log.isPresent() ? log.get().records(queryId) : List.<LogEntry>of()) {
        if (there.stream().noneMatch(record -> record.place().mayBe(entry.uri()))) {
          gone.add(stored(queryId, entry.uri(), objects));
        }
      }
    } catch (IOException e) {
      if (there.isEmpty()) {
        throw e;
      }
    }
    return gone;
  }
}
