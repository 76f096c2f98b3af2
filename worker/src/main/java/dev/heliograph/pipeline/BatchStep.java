package dev.heliograph.pipeline;

import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that wait to go through one batched computation together. A batch that does not fit into
 * device memory is halved; a batch that fails otherwise is repeated request by request, so that
 * only the guilty one fails. The queue is guarded by the owner's lock; see {@link DeviceLane}.
 */
final class BatchStep<Q, R> {
  private static final Logger log = LoggerFactory.getLogger(BatchStep.class);

  private final String name;
  private final Function<List<Q>, List<R>> computation;
  private final Deque<Job<Q, R>> queued = new ArrayDeque<>();

  BatchStep(String name, Function<List<Q>, List<R>> computation) {
    this.name = name;
    this.computation = computation;
  }

  /**
   * @param admission throws if the request is not to be computed any more; asked when its turn has
   *     come, which may be long after
   */
  CompletableFuture<R> add(Q request, Runnable admission) {
    Job<Q, R> job = new Job<>(request, admission, new CompletableFuture<>());
    queued.add(job);
    return job.result;
  }

  int size() {
    return queued.size();
  }

  /** Takes up to {@code maxBatch} requests off the queue, first come first served. */
  Batch<Q, R> next(int maxBatch) {
    List<Job<Q, R>> jobs = new ArrayList<>();
    while (jobs.size() < maxBatch && !queued.isEmpty()) {
      jobs.add(queued.remove());
    }
    return new Batch<>(this, jobs);
  }

  private void compute(List<Job<Q, R>> jobs) {
    try {
      List<R> results = computation.apply(jobs.stream().map(Job::request).toList());
      for (int i = 0; i < jobs.size(); i++) {
        jobs.get(i).result.complete(results.get(i));
      }
    } catch (RuntimeException e) {
      if (jobs.size() == 1) {
        jobs.get(0).result.completeExceptionally(e);
        return;
      }
      int part = isOutOfMemory(e) ? (jobs.size() + 1) / 2 : 1;
      log.warn("{}: a batch of {} failed, trying {} at a time", name, jobs.size(), part, e);
      for (int from = 0; from < jobs.size(); from += part) {
        compute(jobs.subList(from, Math.min(from + part, jobs.size())));
      }
    }
  }

  private static boolean isOutOfMemory(RuntimeException e) {
    return e instanceof QueryFailedException failed
        && failed.code() == FailureCode.DEVICE_OUT_OF_MEMORY;
  }

  private record Job<Q, R>(Q request, Runnable admission, CompletableFuture<R> result) {
    boolean isAdmitted() {
      try {
        admission.run();
        return true;
      } catch (RuntimeException e) {
        result.completeExceptionally(e);
        return false;
      }
    }
  }

  /** Requests off the queue, ready to be computed outside of the owner's lock. */
  record Batch<Q, R>(BatchStep<Q, R> step, List<Job<Q, R>> jobs) {
    /** Every request's future is complete afterwards. */
    void compute() {
      List<Job<Q, R>> admitted = jobs.stream().filter(Job::isAdmitted).toList();
      if (!admitted.isEmpty()) {
        step.compute(admitted);
      }
    }

    void fail(Throwable cause) {
      jobs.forEach(job -> job.result.completeExceptionally(cause));
    }
  }
}
