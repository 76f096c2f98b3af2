package dev.heliograph.messaging;

import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * Answers on threads of its own, out of order (seeded delays of up to 20 ms), except for the
 * queries that it holds until they are released.
 */
final class FakeAnswerer implements QueryAnswerer, AutoCloseable {
  private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(2);
  private final Random random = new Random(20261124);
  private final Map<String, Runnable> held = new ConcurrentHashMap<>();
  private final Predicate<String> holds;
  private final BiFunction<Query, Instant, QueryOutcome> outcome;
  private final List<String> taken = new CopyOnWriteArrayList<>();
  private final List<String> cancelled = new CopyOnWriteArrayList<>();

  FakeAnswerer() {
    this(id -> false, TestQueries::completed);
  }

  FakeAnswerer(Predicate<String> holds, BiFunction<Query, Instant, QueryOutcome> outcome) {
    this.holds = holds;
    this.outcome = outcome;
  }

  @Override
  public CompletionStage<QueryOutcome> answer(Query query) {
    taken.add(query.queryId());
    Instant startedAt = Instant.now();
    CompletableFuture<QueryOutcome> answer = new CompletableFuture<>();
    var unused =
        answer.whenComplete(
            (value, error) -> {
              if (answer.isCancelled()) {
                cancelled.add(query.queryId());
              }
            });
    Runnable finish = () -> answer.completeAsync(() -> outcome.apply(query, startedAt), threads);
    if (holds.test(query.queryId())) {
      held.put(query.queryId(), finish);
    } else {
      threads.schedule(finish, random.nextInt(20), TimeUnit.MILLISECONDS);
    }
    return answer;
  }

  /** The ids of all queries seen, in order; one that came twice is there twice. */
  List<String> taken() {
    return List.copyOf(taken);
  }

  /** The ids of queries that delivery has dropped, in order. */
  List<String> cancelled() {
    return List.copyOf(cancelled);
  }

  void release(String queryId) {
    Runnable finish = held.remove(queryId);
    if (finish == null) {
      throw new IllegalStateException(queryId + " is not held");
    }
    finish.run();
  }

  void releaseAll() {
    List.copyOf(held.keySet()).forEach(this::release);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
