package dev.heliograph.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class PartsTest {
  @Test
  void partsAreInTheirOrder() {
    assertEquals(List.of(0, 1, 4, 9, 16), Parts.of(5, i -> i * i));
  }

  @Test
  void partsThatComeToNothingAreAllDone() {
    boolean[] done = new boolean[5];
    Parts.run(5, i -> done[i] = true);
    assertArrayEquals(new boolean[] {true, true, true, true, true}, done);
  }

  @Test
  void partsAreDoneSideBySide() {
    Assumptions.assumeTrue(ForkJoinPool.getCommonPoolParallelism() > 0, "one processor alone");
    CountDownLatch both = new CountDownLatch(2);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    Parts.of(
        2,
        i -> {
          threads.add(Thread.currentThread());
          both.countDown();
          return awaited(both);
        });
    assertEquals(2, threads.size());
  }

  @Test
  void whatOnePartThrowsIsThrownWhenNoOtherIsAtWork() {
    Assumptions.assumeTrue(ForkJoinPool.getCommonPoolParallelism() > 0, "one processor alone");
    Error failure = new OutOfMemoryError("tried");
    CountDownLatch failed = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    Error thrown =
        assertThrows(
            OutOfMemoryError.class,
            () ->
                Parts.of(
                    2,
                    i -> {
                      if (i == 1) {
                        failed.countDown();
                        throw failure;
                      }
                      awaited(failed);
                      Thread.yield();
                      ended.set(true);
                      return i;
                    }));
    assertSame(failure, thrown);
    assertTrue(ended.get());
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
