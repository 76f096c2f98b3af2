package dev.heliograph.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends records to the log and signs a checkpoint over them. Not thread-safe; meant to be the
 * only sealer of its log.
 *
 * <p><b>Why it cannot fork.</b> Which entries follow the tree of n entries is decided by one atomic
 * write, {@code staging/<n>}, put only if absent. Everything after it — bundles, tiles, index, kept
 * checkpoint, checkpoint — follows from the tree and that object alone, byte for byte (Ed25519 is
 * deterministic), and is written only if absent too. So a sealer that was killed at any write, or a
 * second one by mistake, finds the staged entries, writes the same bytes, and goes on from there:
 * there is no second opinion to sign. {@link LogStore#replaceCheckpoint} only tells two live
 * sealers of each other.
 *
 * <p><b>Why a record is in it once.</b> Its digest is looked up in the index when a batch is made,
 * and the entry that the index names is read. The index of a batch is complete before its
 * checkpoint is published, and a batch for n entries is made only after the checkpoint of n was
 * read; a record that another sealer stages meanwhile makes this one's staging fail.
 *
 * <p>Order of writes: staging, bundles, tiles, index, kept checkpoint, checkpoint. A reader who
 * holds a checkpoint therefore finds all that it needs.
 */
public final class Sealer {
  /** Bounds a staged batch, and so the work that a restart has to finish. */
  static final int MAX_BATCH = 4_096;

  private static final Logger log = LoggerFactory.getLogger(Sealer.class);

  private final LogStore store;
  private final NoteVerifier identity;
  private final SigningKey key;
  private final List<NoteVerifier> accepted;
  private @Nullable Checkpoint last;

  /**
   * @param origin the log's name, for example {@code heliograph.example.com/audit}
   * @param key signs checkpoints
   * @param earlier keys that signed this log before {@code key} did
   */
  public Sealer(LogStore store, String origin, SigningKey key, List<NoteVerifier> earlier) {
    this.store = store;
    this.key = key;
    this.identity = new NoteVerifier(origin, key.publicKey());
    List<NoteVerifier> keys = new ArrayList<>(earlier);
    keys.add(identity);
    this.accepted = List.copyOf(keys);
  }

  /** What auditors need to check this log's checkpoints. */
  public NoteVerifier identity() {
    return identity;
  }

  /**
   * Seals what is pending, up to a batch, after finishing what an earlier run left behind. To be
   * called again until nothing is pending, then now and then.
   *
   * @return the log's checkpoint, empty while the log is
   * @throws SealerConflictException if another sealer is at work: stop
   * @throws LogCorruptException if the log is not what its checkpoint says: stop, and look
   * @throws IOException if the store or the source cannot be reached: call again later
   */
  public Optional<Checkpoint> seal(PendingRecords pending) throws IOException {
    LogTiles tiles = finishStaged();
    List<LogEntry> records = List.copyOf(pending.next(MAX_BATCH));
    List<LogEntry> fresh = unsealed(records, tiles);
    if (!fresh.isEmpty()) {
      byte[] batch = EntryBundle.write(fresh.stream().map(LogEntry::toBytes).toList());
      if (!store.putIfAbsent(LogFiles.staging(tiles.size()), batch)) {
        throw stagedMeanwhile(tiles);
      }
      LogTiles unused = finishStaged();
    }
    if (!records.isEmpty()) {
      pending.sealed(records);
    }
    return Optional.ofNullable(last);
  }

  /** Those that the log does not have yet, each once. */
  private List<LogEntry> unsealed(List<LogEntry> records, LogTiles tiles) throws IOException {
    Map<String, LogEntry> fresh = new LinkedHashMap<>();
    for (LogEntry record : records) {
      if (!fresh.containsKey(record.sha256()) && !isSealed(record.sha256(), tiles)) {
        fresh.put(record.sha256(), record);
      }
    }
    return List.copyOf(fresh.values());
  }

  /** Nothing signs the index: by it alone, anybody could keep a record out of the log. */
  private boolean isSealed(String sha256, LogTiles tiles) throws IOException {
    String path = LogFiles.index(sha256);
    if (store.get(path, LogFiles.MAX_INDEX_BYTES).isEmpty()) {
      return false;
    }
    LogView view = new LogView(store, accepted);
    if (view.find(sha256, view.indexed(sha256), tiles).isPresent()) {
      return true;
    }
    if (store.get(LogFiles.staging(tiles.size()), 1).isPresent()) {
      throw stagedMeanwhile(tiles);
    }
    throw new LogCorruptException(path, "is there, though no entry of the log is that record's");
  }

  private static SealerConflictException stagedMeanwhile(LogTiles tiles) {
    return new SealerConflictException(
        LogFiles.staging(tiles.size()) + ": another sealer staged entries at the same time");
  }

  /** The tree that the log then has. */
  private LogTiles finishStaged() throws IOException {
    Optional<byte[]> published = store.get(LogFiles.CHECKPOINT, LogFiles.MAX_CHECKPOINT_BYTES);
    LogTiles tiles = head(published);
    while (true) {
      Optional<byte[]> staged =
          store.get(LogFiles.staging(tiles.size()), LogFiles.MAX_STAGING_BYTES);
      if (staged.isEmpty()) {
        return tiles;
      }
      Checkpoint checkpoint = append(tiles, parseStaged(tiles.size(), staged.get()));
      publish(published, checkpoint);
      published = Optional.of(checkpoint.signed());
      tiles = LogTiles.open(store, checkpoint.size(), checkpoint.root());
      last = checkpoint;
      log.info("Sealed the audit log at {} entries.", checkpoint.size());
    }
  }

  /** The tree that the published checkpoint signs, its right edge checked against its root. */
  private LogTiles head(Optional<byte[]> published) throws IOException {
    if (published.isEmpty()) {
      if (last != null) {
        throw new LogCorruptException(LogFiles.CHECKPOINT, "was removed");
      }
      return LogTiles.open(store, 0, MerkleTree.emptyRoot());
    }
    Checkpoint checkpoint = open(LogFiles.CHECKPOINT, published.get());
    LogTiles tiles = LogTiles.open(store, checkpoint.size(), checkpoint.root());
    if (last != null) {
      requireConsistent(last, checkpoint, tiles);
    }
    last = checkpoint;
    return tiles;
  }

  private Checkpoint open(String path, byte[] bytes) throws IOException {
    try {
      return Checkpoint.open(path, bytes, accepted);
    } catch (Checkpoint.UntrustedException | AuditFormatException e) {
      throw new LogCorruptException(path, "is not a checkpoint of this log: " + e.getMessage());
    }
  }

  private static void requireConsistent(Checkpoint before, Checkpoint now, LogTiles tiles)
      throws IOException {
    if (now.size() < before.size()
        || !MerkleTree.consistent(
            before.size(),
            before.root(),
            now.size(),
            now.root(),
            tiles.consistencyProof(before.size()))) {
      throw new LogCorruptException(
          LogFiles.CHECKPOINT,
          "its "
              + now.size()
              + " entries do not continue the "
              + before.size()
              + " that this sealer knows");
    }
  }

  private static List<LogEntry> parseStaged(long size, byte[] staged) throws IOException {
    String path = LogFiles.staging(size);
    try {
      List<LogEntry> entries = new ArrayList<>();
      for (byte[] entry : EntryBundle.parse(path, staged, MAX_BATCH)) {
        LogEntry parsed = LogEntry.parse(path, entry);
        if (!Arrays.equals(parsed.toBytes(), entry)) {
          throw new LogCorruptException(path, "entry " + entries.size() + " is not canonical");
        }
        entries.add(parsed);
      }
      if (entries.isEmpty()) {
        throw new LogCorruptException(path, "is empty");
      }
      return entries;
    } catch (AuditFormatException e) {
      throw new LogCorruptException(path, "cannot be read: " + e.getMessage());
    }
  }

  /** Writes all that belongs to the tree with these entries, up to its checkpoint. */
  private Checkpoint append(LogTiles tiles, List<LogEntry> entries) throws IOException {
    List<byte[]> bytes = entries.stream().map(LogEntry::toBytes).toList();
    TreeEdge.Growth growth = tiles.edge().append(bytes.stream().map(MerkleTree::leaf).toList());
    long oldSize = tiles.size();
    long size = growth.edge().size();
    writeBundles(tiles, bytes);
    for (Map.Entry<Tile, byte[]> tile : growth.tiles().entrySet()) {
      putOnce(tile.getKey().path(), tile.getValue());
    }
    for (int i = 0; i < entries.size(); i++) {
      String position = (oldSize + i) + " " + size + "\n";
      putOnce(
          LogFiles.index(entries.get(i).sha256()), position.getBytes(StandardCharsets.US_ASCII));
    }
    return Checkpoint.sign(identity, key, size, growth.edge().root());
  }

  private void writeBundles(LogTiles tiles, List<byte[]> added) throws IOException {
    long bundle = tiles.size() / Tile.FULL;
    List<byte[]> entries = new ArrayList<>();
    if (tiles.size() % Tile.FULL != 0) {
      entries.addAll(tiles.entries(bundle));
    }
    entries.addAll(added);
    for (int at = 0; at < entries.size(); at += Tile.FULL, bundle++) {
      int width = Math.min(Tile.FULL, entries.size() - at);
      putOnce(
          new Tile(0, bundle, width).entriesPath(),
          EntryBundle.write(entries.subList(at, at + width)));
    }
  }

  private void publish(Optional<byte[]> published, Checkpoint checkpoint) throws IOException {
    keep(checkpoint);
    if (!store.replaceCheckpoint(published, checkpoint.signed())) {
      // A put whose answer was lost, and was tried again by the client, finds its own bytes.
      Optional<byte[]> found = store.get(LogFiles.CHECKPOINT, LogFiles.MAX_CHECKPOINT_BYTES);
      if (found.isEmpty() || !Arrays.equals(found.get(), checkpoint.signed())) {
        throw new SealerConflictException(
            LogFiles.CHECKPOINT + ": another sealer replaced it at the same time");
      }
    }
  }

  /** An earlier run may have kept it under an earlier key: then its tree is compared. */
  private void keep(Checkpoint checkpoint) throws IOException {
    String path = LogFiles.history(checkpoint.size());
    if (!store.putIfAbsent(path, checkpoint.signed())) {
      byte[] kept = store.get(path, LogFiles.MAX_CHECKPOINT_BYTES).orElse(new byte[0]);
      if (!open(path, kept).root().equals(checkpoint.root())) {
        throw new LogCorruptException(path, "signs another tree: the log was forked");
      }
    }
  }

  private void putOnce(String path, byte[] bytes) throws IOException {
    if (!store.putIfAbsent(path, bytes)) {
      Optional<byte[]> found = store.get(path, bytes.length + 1);
      if (found.isEmpty() || !Arrays.equals(found.get(), bytes)) {
        throw new LogCorruptException(path, "holds other bytes than the log's entries make");
      }
    }
  }
}
