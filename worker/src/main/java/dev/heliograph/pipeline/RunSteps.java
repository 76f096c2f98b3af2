package dev.heliograph.pipeline;

import dev.heliograph.pipeline.ByteBudget.Reservation;
import dev.heliograph.pipeline.Room.NoRoomException;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How one run's steps are done: on the pipeline's threads, retried while they fail transiently, not
 * at all once the run is stopped, and within the memory that all runs share. Holds memory for the
 * images that the run keeps, until it is closed. Thread-safe.
 */
final class RunSteps implements ArtifactWriter.Steps, AutoCloseable {
  private final Retries retries;
  private final StopSignal stop;
  private final LogContext logs;
  private final Executor threads;
  private final ImageMemory memory;
  private final ByteArrays arrays;

  /** Originals that are kept until the end. */
  private final Queue<Kept> held = new ConcurrentLinkedQueue<>();

  private record Kept(RgbImage image, Reservation room) {}

  RunSteps(
      Retries retries,
      StopSignal stop,
      LogContext logs,
      Executor threads,
      ImageMemory memory,
      ByteArrays arrays) {
    this.retries = retries;
    this.stop = stop;
    this.logs = logs;
    this.threads = threads;
    this.memory = memory;
    this.arrays = arrays;
  }

  @Override
  public <T> CompletableFuture<T> run(Supplier<T> step) {
    return retries.run(
        () ->
            CompletableFuture.supplyAsync(
                () -> {
                  stop.check();
                  return logs.call(() -> withinHeap(step));
                },
                threads));
  }

  /** A picture too large for the heap is this query's trouble: its neighbours go on. */
  private static <T> T withinHeap(Supplier<T> work) {
    try {
      return work.get();
    } catch (OutOfMemoryError e) {
      throw new QueryFailedException(
          FailureCode.INTERNAL, "out of heap memory while handling the query's images", e);
    }
  }

  /** A step that decodes an image: tried again once there is room, if there is none at once. */
  <T> CompletableFuture<T> decoding(Function<Room, T> work) {
    return run(() -> inRoom(work))
        .exceptionallyCompose(
            error ->
                Retries.unwrapped(error) instanceof NoRoomException full
                    ? within(full.bytes(), () -> run(() -> work.apply(Room.reserved(full.bytes()))))
                    : CompletableFuture.failedFuture(error));
  }

  private <T> T inRoom(Function<Room, T> work) {
    List<Reservation> reserved = new ArrayList<>();
    try {
      return work.apply(
          bytes ->
              reserved.add(
                  memory
                      .working()
                      .tryReserve(bytes)
                      .orElseThrow(() -> new NoRoomException(bytes))));
    } finally {
      reserved.forEach(Reservation::close);
    }
  }

  @Override
  public <T> CompletableFuture<T> within(long bytes, Supplier<CompletableFuture<T>> work) {
    if (bytes == 0) {
      return work.get();
    }
    CompletableFuture<Reservation> waiting = memory.working().reserve(bytes);
    stop.cutShort(waiting);
    return waiting.thenCompose(
        reservation -> work.get().whenComplete((value, error) -> reservation.close()));
  }

  /** With its original if there is room to keep it until the end of the run; else it is gone. */
  LoadedImage kept(LoadedImage image) {
    if (image.original().isEmpty()) {
      return image;
    }
    RgbImage original = image.original().get();
    Optional<Reservation> room = memory.kept().tryReserve(original.length());
    if (room.isEmpty()) {
      arrays.give(original.rgb());
      return image.withoutOriginal();
    }
    held.add(new Kept(original, room.get()));
    return image;
  }

  /** Gives back what was kept; to be called when no step is done any more. */
  @Override
  public void close() {
    for (Kept one = held.poll(); one != null; one = held.poll()) {
      one.room().close();
      arrays.give(one.image().rgb());
    }
  }
}
