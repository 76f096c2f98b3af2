package dev.heliograph.pipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * So many bytes may be held at once. Who needs more than are free waits, without a thread, and
 * first come is first served; what is larger than the whole budget gets all of it, and is alone.
 * Thread-safe.
 */
final class ByteBudget {
  private final long capacity;
  private long free;
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  ByteBudget(long capacity) {
    this.capacity = capacity;
    this.free = capacity;
  }

  private record Waiting(long bytes, CompletableFuture<Reservation> granted) {}

  /** Bytes that are held, until it is closed; closing twice is harmless. */
  final class Reservation implements AutoCloseable {
    private final long bytes;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Reservation(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        release(bytes);
      }
    }
  }

  /** Reserves if there is room at once, and nobody waits for it. */
  synchronized Optional<Reservation> tryReserve(long bytes) {
    long wanted = Math.min(bytes, capacity);
    if (wanted > free || !waiting.isEmpty()) {
      return Optional.empty();
    }
    free -= wanted;
    return Optional.of(new Reservation(wanted));
  }

  /** Reserves when there is room. Who gives up waiting completes the future, however. */
  CompletableFuture<Reservation> reserve(long bytes) {
    CompletableFuture<Reservation> granted = new CompletableFuture<>();
    synchronized (this) {
      waiting.add(new Waiting(Math.min(bytes, capacity), granted));
    }
    grant();
    return granted;
  }

  synchronized long held() {
    return capacity - free;
  }

  private void release(long bytes) {
    synchronized (this) {
      free += bytes;
    }
    grant();
  }

  /** Futures are completed outside of the lock: what follows them is not ours. */
  private void grant() {
    List<Waiting> ready = new ArrayList<>();
    synchronized (this) {
      waiting.removeIf(one -> one.granted.isDone());
      while (!waiting.isEmpty() && waiting.peek().bytes <= free) {
        free -= waiting.peek().bytes;
        ready.add(waiting.remove());
      }
    }
    for (Waiting one : ready) {
      Reservation reservation = new Reservation(one.bytes);
      if (!one.granted.complete(reservation)) {
        reservation.close();
      }
    }
  }
}
