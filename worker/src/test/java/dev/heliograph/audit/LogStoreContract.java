package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a sealer and an auditor rely on, of every log store. */
public abstract class LogStoreContract {
  /** An empty one. */
  protected abstract LogStore store() throws IOException;

  @Test
  void whatWasPutFirstStays() throws IOException {
    LogStore store = store();

    assertTrue(store.putIfAbsent("tile/0/x001/000.p/3", new byte[] {1, 2}));
    assertFalse(store.putIfAbsent("tile/0/x001/000.p/3", new byte[] {3}));
    assertTrue(store.putIfAbsent("tile/0/x001/000", new byte[0]));

    assertArrayEquals(new byte[] {1, 2}, store.get("tile/0/x001/000.p/3", 10).orElseThrow());
    assertArrayEquals(new byte[0], store.get("tile/0/x001/000", 10).orElseThrow());
  }

  @Test
  void readsNoMoreThanAskedAndNothingThatIsNotThere() throws IOException {
    LogStore store = store();
    store.putIfAbsent("a/b", new byte[] {1, 2, 3});

    assertArrayEquals(new byte[] {1, 2}, store.get("a/b", 2).orElseThrow());
    assertEquals(Optional.empty(), store.get("a/c", 2));
    assertEquals(Optional.empty(), store.get("a", 2));
  }

  @Test
  void replacesTheCheckpointOnlyIfItIsWhatWasRead() throws IOException {
    LogStore store = store();
    byte[] one = {1};
    byte[] two = {2};

    assertFalse(store.replaceCheckpoint(Optional.of(one), two));
    assertTrue(store.replaceCheckpoint(Optional.empty(), one));
    assertFalse(store.replaceCheckpoint(Optional.empty(), two));
    assertFalse(store.replaceCheckpoint(Optional.of(two), two));
    assertTrue(store.replaceCheckpoint(Optional.of(one), two));

    assertArrayEquals(two, store.get("checkpoint", 10).orElseThrow());
  }

  @Test
  void ofManyWritersOneWins() throws Exception {
    LogStore store = store();
    ExecutorService writers = Executors.newFixedThreadPool(8);
    try {
      var puts =
          IntStream.range(0, 8)
              .mapToObj(
                  i ->
                      writers.submit(() -> store.putIfAbsent("staging/000", new byte[] {(byte) i})))
              .toList();
      int winners = 0;
      for (Future<Boolean> put : puts) {
        winners += put.get() ? 1 : 0;
      }
      assertEquals(1, winners);
    } finally {
      writers.shutdownNow();
    }
  }
}
