package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.audit.LogExamples.Queue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SealerTest {
  /** Of sealing 20 records after 250: staging, 2 bundles, 3 tiles, 20 index, 2 checkpoints. */
  private static final int WRITES = 28;

  private final MemoryLogStore store = new MemoryLogStore();

  @Test
  void anEmptyLogHasNoCheckpoint() throws IOException {
    assertEquals(Optional.empty(), LogExamples.seal(store, List.of()));
    assertTrue(store.files.isEmpty());
  }

  @Test
  void sealsInOrderAndSignsACheckpoint() throws IOException {
    Checkpoint checkpoint = LogExamples.seal(store, LogExamples.entries(0, 300)).orElseThrow();

    assertEquals(300, checkpoint.size());
    assertEquals(LogExamples.ORIGIN, checkpoint.origin());
    assertEquals(LogExamples.entries(0, 300), LogExamples.read(store));
    assertEquals(
        "299 300\n",
        new String(
            store.files.get(LogFiles.index(LogExamples.entry(299).sha256())),
            StandardCharsets.US_ASCII));
  }

  @Test
  void theSameEntriesInOtherBatchesMakeTheSameTree() throws IOException {
    MemoryLogStore other = new MemoryLogStore();
    LogExamples.seal(store, LogExamples.entries(0, 520));
    for (int size : new int[] {1, 2, 255, 256, 257, 511, 512, 520}) {
      LogExamples.seal(other, LogExamples.entries(0, size));
    }

    assertArrayEquals(store.files.get("checkpoint"), other.files.get("checkpoint"));
    assertArrayEquals(store.files.get("tile/0/001"), other.files.get("tile/0/001"));
    assertArrayEquals(store.files.get("tile/entries/000"), other.files.get("tile/entries/000"));
  }

  @Test
  void sealsARecordOnceThoughItComesAgain() throws IOException {
    List<LogEntry> twice = new ArrayList<>(LogExamples.entries(0, 5));
    twice.addAll(LogExamples.entries(0, 5));
    LogExamples.seal(store, twice);
    Queue again = new Queue(LogExamples.entries(3, 8));

    LogExamples.drain(LogExamples.sealer(store), again);

    assertTrue(again.waiting.isEmpty());
    assertEquals(LogExamples.entries(0, 8), LogExamples.read(store));
  }

  @Test
  void takesMoreThanABatchInSeveral() throws IOException {
    Queue queue = new Queue(LogExamples.entries(0, Sealer.MAX_BATCH + 10));
    Sealer sealer = LogExamples.sealer(store);

    assertEquals(Sealer.MAX_BATCH, sealer.seal(queue).orElseThrow().size());
    assertEquals(Sealer.MAX_BATCH + 10, sealer.seal(queue).orElseThrow().size());
  }

  @Test
  void aNewKeyContinuesTheLogOfAnEarlierOne() throws IOException {
    LogExamples.seal(store, LogExamples.entries(0, 3));
    NoteVerifier earlier = LogExamples.sealer(store).identity();
    SigningKey newKey = SigningKey.generate();
    Queue queue = new Queue(LogExamples.entries(3, 6));

    assertThrows(
        LogCorruptException.class,
        () -> new Sealer(store, LogExamples.ORIGIN, newKey, List.of()).seal(queue));
    new Sealer(store, LogExamples.ORIGIN, newKey, List.of(earlier)).seal(queue);

    assertThrows(LogCorruptException.class, () -> LogExamples.view(store).checkpoint());
    LogView both =
        new LogView(
            store, List.of(earlier, new NoteVerifier(LogExamples.ORIGIN, newKey.publicKey())));
    assertEquals(6, both.checkpoint().orElseThrow().size());
  }

  /**
   * Killed at every write in turn, with the write done or not, and with other records waiting when
   * it starts again: the log has every record once, and continues every checkpoint ever published.
   */
  @Test
  void isKilledAtAnyWriteAndNeverForks() throws IOException {
    int writes = killedAt(Integer.MAX_VALUE, false);
    assertEquals(WRITES, writes);
    for (int kill = 0; kill < writes; kill++) {
      killedAt(kill, false);
      killedAt(kill, true);
    }
  }

  private static int killedAt(int kill, boolean afterWriting) throws IOException {
    FailingStore store = new FailingStore();
    LogExamples.seal(store, LogExamples.entries(0, 250));
    store.writesLeft = kill;
    store.afterWriting = afterWriting;
    List<LogEntry> first = LogExamples.entries(250, 270);
    try {
      LogExamples.seal(store, first);
      assertEquals(Integer.MAX_VALUE, kill);
    } catch (IOException killed) {
      assertEquals("killed", killed.getMessage());
    }
    int writes = Integer.MAX_VALUE - store.writesLeft;
    store.writesLeft = Integer.MAX_VALUE;
    // After the restart, others come first.
    List<LogEntry> second = new ArrayList<>(LogExamples.entries(265, 290));
    second.addAll(first);

    LogExamples.seal(store, second);

    List<LogEntry> entries = LogExamples.read(store);
    assertEquals(290, entries.size());
    assertEquals(290, entries.stream().map(LogEntry::sha256).distinct().count());
    assertContinuesAll(store);
    return writes;
  }

  /** At every write of one sealer, another comes in and seals all it has. */
  @Test
  void twoSealersByMistakeDoNotForkAndOneStops() throws IOException {
    int conflicts = 0;
    for (int when = 0; when < WRITES; when++) {
      InterruptedStore store = new InterruptedStore();
      LogExamples.seal(store, LogExamples.entries(0, 250));
      Queue second = new Queue(LogExamples.entries(262, 275));
      store.writesUntilIntrusion = when;
      store.intrusion = () -> LogExamples.drain(LogExamples.sealer(store), second);
      Queue first = new Queue(LogExamples.entries(250, 270));
      try {
        LogExamples.drain(LogExamples.sealer(store), first);
      } catch (SealerConflictException e) {
        conflicts++;
        LogExamples.drain(LogExamples.sealer(store), first);
      }

      List<LogEntry> entries = LogExamples.read(store);
      assertEquals(275, entries.size());
      assertEquals(275, entries.stream().map(LogEntry::sha256).distinct().count());
      assertContinuesAll(store);
    }
    assertTrue(conflicts > 0);
  }

  @Test
  void goesForwardAgainFromAnOlderCheckpoint() throws IOException {
    LogExamples.seal(store, LogExamples.entries(0, 5));
    byte[] old = store.files.get("checkpoint");
    LogExamples.seal(store, LogExamples.entries(0, 9));
    byte[] current = store.files.get("checkpoint");
    store.files.put("checkpoint", old);

    LogExamples.seal(store, List.of());

    assertArrayEquals(current, store.files.get("checkpoint"));
  }

  @Test
  void rebuildsALostCheckpointFromWhatWasStaged() throws IOException {
    LogExamples.seal(store, LogExamples.entries(0, 5));
    LogExamples.seal(store, LogExamples.entries(0, 300));
    byte[] lost = store.files.remove("checkpoint");

    LogExamples.seal(store, List.of());

    assertArrayEquals(lost, store.files.get("checkpoint"));
  }

  @Test
  void stopsIfTheLogShrinksUnderIt() throws IOException {
    Sealer sealer = LogExamples.sealer(store);
    sealer.seal(new Queue(LogExamples.entries(0, 5)));
    byte[] old = store.files.get("checkpoint");
    sealer.seal(new Queue(LogExamples.entries(5, 9)));
    store.files.put("checkpoint", old);

    assertThrows(LogCorruptException.class, () -> sealer.seal(new Queue(List.of())));
    store.files.remove("checkpoint");
    assertThrows(LogCorruptException.class, () -> sealer.seal(new Queue(List.of())));
  }

  @Test
  void signsNothingOverARewrittenTileOrStagedRubbish() throws IOException {
    LogExamples.seal(store, LogExamples.entries(0, 5));
    MemoryLogStore rewritten = store.copy();
    rewritten.files.put("tile/0/000.p/5", new byte[5 * Hash.BYTES]);
    MemoryLogStore staged = store.copy();
    staged.files.put("staging/005", new byte[] {0, 1, 'x'});

    assertThrows(
        LogCorruptException.class, () -> LogExamples.seal(rewritten, LogExamples.entries(5, 6)));
    assertThrows(
        LogCorruptException.class, () -> LogExamples.seal(staged, LogExamples.entries(5, 6)));
  }

  /** The index is no secret: who writes to the bucket could say of a record that it is sealed. */
  @Test
  void anIndexThatSomebodyElseWroteKeepsNoRecordOutOfTheLog() throws IOException {
    LogExamples.seal(store, LogExamples.entries(0, 5));
    for (String forged : List.of("3 5\n", "7 9\n", "rubbish")) {
      MemoryLogStore log = store.copy();
      log.files.put(
          LogFiles.index(LogExamples.entry(5).sha256()),
          forged.getBytes(StandardCharsets.US_ASCII));
      Queue queue = new Queue(LogExamples.entries(5, 6));

      LogCorruptException e =
          assertThrows(LogCorruptException.class, () -> LogExamples.sealer(log).seal(queue));

      assertEquals(LogFiles.index(LogExamples.entry(5).sha256()), e.object());
      assertEquals(1, queue.waiting.size());
    }
  }

  /** Every checkpoint that was ever kept is a beginning of the log as it is now. */
  private static void assertContinuesAll(MemoryLogStore store) throws IOException {
    LogView view = LogExamples.view(store);
    Checkpoint now = view.checkpoint().orElseThrow();
    LogTiles tiles = LogExamples.tiles(store);
    for (String path : store.files.keySet()) {
      if (path.startsWith("checkpoints/")) {
        Checkpoint kept = view.open(path, store.files.get(path));
        assertEquals(Verdict.VERIFIED, new ConsistencyCheck(view, now, tiles).with(kept).verdict());
      }
    }
    assertEquals(
        Verdict.VERIFIED,
        new LogVerifier(view).verify(Optional.empty(), Optional.empty()).verdict());
  }

  /** Fails at a write, once it is done or before. */
  private static final class FailingStore extends MemoryLogStore {
    int writesLeft = Integer.MAX_VALUE;
    boolean afterWriting;

    @Override
    public boolean putIfAbsent(String path, byte[] bytes) throws IOException {
      if (writesLeft == 0) {
        if (afterWriting) {
          super.putIfAbsent(path, bytes);
        }
        throw new IOException("killed");
      }
      writesLeft--;
      return super.putIfAbsent(path, bytes);
    }

    @Override
    public boolean replaceCheckpoint(Optional<byte[]> expected, byte[] checkpoint)
        throws IOException {
      if (writesLeft == 0) {
        if (afterWriting) {
          super.replaceCheckpoint(expected, checkpoint);
        }
        throw new IOException("killed");
      }
      writesLeft--;
      return super.replaceCheckpoint(expected, checkpoint);
    }
  }

  /** Lets something else happen just before a write. */
  private static final class InterruptedStore extends MemoryLogStore {
    interface Intrusion {
      void happen() throws IOException;
    }

    int writesUntilIntrusion = Integer.MAX_VALUE;
    Intrusion intrusion = () -> {};

    private void count() throws IOException {
      if (writesUntilIntrusion-- == 0) {
        intrusion.happen();
      }
    }

    @Override
    public boolean putIfAbsent(String path, byte[] bytes) throws IOException {
      count();
      return super.putIfAbsent(path, bytes);
    }

    @Override
    public boolean replaceCheckpoint(Optional<byte[]> expected, byte[] checkpoint)
        throws IOException {
      count();
      return super.replaceCheckpoint(expected, checkpoint);
    }
  }
}
