package dev.heliograph.pipeline;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that uses the device. Whatever neighbouring queries have queued goes through the
 * model together, up to the batch limit; explaining goes before composing, so that queries leave
 * before new ones enter. Thread-safe.
 */
final class DeviceLane implements AutoCloseable {
  private final CompositionModel model;
  private final int maxBatch;
  private final Duration linger;
  private final Clock clock;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final BatchStep<ComposeRequest, Ranked> composing =
      new BatchStep<>("compose", this::composeAll);
  private final BatchStep<CandidateRequest, PatchRelevance> explaining;
  private boolean closed;

  /** Ended the thread: from then on every request fails with it. */
  private volatile @Nullable Error fatal;

  private final Thread thread;

  /** When the batch in hand was begun; null if there is none. */
  private volatile @Nullable Instant busySince;

  DeviceLane(CompositionModel model, int maxBatch, Duration linger, Clock clock) {
    this.model = model;
    this.maxBatch = maxBatch;
    this.linger = linger;
    this.clock = clock;
    this.explaining = new BatchStep<>("explain", model::explain);
    this.thread = new Thread(this::run, "heliograph-device");
    thread.start();
  }

  /**
   * Composes the query and searches its gallery.
   *
   * @param admission throws if that is not wanted any more; asked again when its turn has come
   */
  CompletableFuture<Ranked> compose(
      CompositionRequest request, Gallery gallery, int topK, Runnable admission) {
    return add(composing, List.of(new ComposeRequest(request, gallery, topK)), admission).get(0);
  }

  /** Explains candidates; those of one call enter the queue together. */
  List<CompletableFuture<PatchRelevance>> explain(
      List<CandidateRequest> candidates, Runnable admission) {
    return add(explaining, candidates, admission);
  }

  private <Q, R> List<CompletableFuture<R>> add(
      BatchStep<Q, R> step, List<Q> requests, Runnable admission) {
    admission.run();
    lock.lock();
    try {
      if (closed) {
        return requests.stream().map(r -> CompletableFuture.<R>failedFuture(ended())).toList();
      }
      List<CompletableFuture<R>> results =
          requests.stream().map(r -> step.add(r, admission)).toList();
      changed.signal();
      return results;
    } finally {
      lock.unlock();
    }
  }

  /** Requests that wait for the device, the batch in hand not counted. */
  int queued() {
    lock.lock();
    try {
      return explaining.size() + composing.size();
    } finally {
      lock.unlock();
    }
  }

  /** Since when the device has been at the same batch; empty while it is idle. */
  Optional<Instant> busySince() {
    return Optional.ofNullable(busySince);
  }

  /** False once the thread has ended, whether by {@link #close} or by an error. */
  boolean isAlive() {
    return thread.isAlive();
  }

  private void run() {
    try {
      while (true) {
        BatchStep.Batch<?, ?> batch = take();
        busySince = clock.instant();
        try {
          batch.compute();
          busySince = null;
        } catch (Error e) {
          fatal = e;
          batch.fail(e);
          throw e;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      failQueued();
    }
  }

  private BatchStep.Batch<?, ?> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && explaining.size() + composing.size() == 0) {
        changed.await();
      }
      long patience = linger.toNanos();
      while (!closed && patience > 0 && explaining.size() + composing.size() < maxBatch) {
        patience = changed.awaitNanos(patience);
      }
      if (closed) {
        throw new InterruptedException("closed");
      }
      return explaining.size() > 0 ? explaining.next(maxBatch) : composing.next(maxBatch);
    } finally {
      lock.unlock();
    }
  }

  private void failQueued() {
    lock.lock();
    try {
      closed = true;
      explaining.next(Integer.MAX_VALUE).fail(ended());
      composing.next(Integer.MAX_VALUE).fail(ended());
    } finally {
      lock.unlock();
    }
  }

  private List<Ranked> composeAll(List<ComposeRequest> batch) {
    long start = System.nanoTime();
    List<Composition> compositions =
        model.compose(batch.stream().map(ComposeRequest::request).toList());
    long composed = System.nanoTime();
    List<List<Hit>> hits = search(batch, compositions);
    long searched = System.nanoTime();
    List<Ranked> ranked = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      ranked.add(
          new Ranked(
              compositions.get(i),
              hits.get(i),
              Duration.ofNanos(composed - start),
              Duration.ofNanos(searched - composed)));
    }
    return ranked;
  }

  /** One pass over each gallery for all of the batch's queries to it. */
  private static List<List<Hit>> search(
      List<ComposeRequest> batch, List<Composition> compositions) {
    IdentityHashMap<Gallery, List<Integer>> byGallery = new IdentityHashMap<>();
    for (int i = 0; i < batch.size(); i++) {
      byGallery.computeIfAbsent(batch.get(i).gallery(), g -> new ArrayList<>()).add(i);
    }
    List<List<Hit>> hits = new ArrayList<>(Collections.nCopies(batch.size(), List.of()));
    byGallery.forEach(
        (gallery, members) -> {
          List<List<Hit>> found =
              gallery.search(
                  members.stream().map(i -> compositions.get(i).queryFeature()).toList(),
                  members.stream().map(i -> batch.get(i).topK()).toList());
          for (int i = 0; i < members.size(); i++) {
            hits.set(members.get(i), found.get(i));
          }
        });
    return hits;
  }

  private Throwable ended() {
    return fatal != null ? fatal : new CancellationException("the pipeline is closed");
  }

  /** Ends the thread after the batch in hand; what is still queued fails. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(TimeUnit.MINUTES.toMillis(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record ComposeRequest(CompositionRequest request, Gallery gallery, int topK) {}

  /** A composed and searched query, and how long its batch took for each. */
  record Ranked(Composition composition, List<Hit> hits, Duration compose, Duration search) {}
}
