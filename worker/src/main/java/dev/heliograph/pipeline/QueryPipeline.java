package dev.heliograph.pipeline;

import dev.heliograph.query.Cancellation;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.QueryOutcome.Completed;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers queries: read the reference, compose and search, read the best candidates, explain them,
 * render and store. Queries overlap: while one is on the device, its neighbours are decoded,
 * rendered or uploaded, and those that reach the device together share a forward pass.
 *
 * <p>Transient failures are retried here and in no other layer, step by step, with backoff; a query
 * that waits for its retry holds nobody up. Thread-safe. The caller bounds how many queries are in
 * flight; their images share a bounded memory, see {@link PipelineConfig#imageMemory}.
 */
public final class QueryPipeline implements AutoCloseable {
  private final PipelinePorts ports;
  private final PipelineConfig config;
  private final WorkerIdentity worker;
  private final Clock clock;
  private final PipelineObserver observer;
  private final ScheduledExecutorService threads;
  private final DeviceLane device;
  private final ReferenceLoader references;
  private final CandidateLoader candidates;
  private final Cancellations cancellations;
  private final ImageMemory memory;
  private final Set<QueryRun> inFlight = ConcurrentHashMap.newKeySet();
  private final Set<CompletableFuture<?>> finishing = ConcurrentHashMap.newKeySet();

  /** A pipeline that nobody observes. */
  public QueryPipeline(
      PipelinePorts ports, PipelineConfig config, WorkerIdentity worker, Clock clock) {
    this(ports, config, worker, clock, PipelineObserver.NONE);
  }

  public QueryPipeline(
      PipelinePorts openPorts,
      PipelineConfig config,
      WorkerIdentity worker,
      Clock clock,
      PipelineObserver observer) {
    this.ports = ObservedPorts.of(openPorts, observer);
    this.observer = observer;
    this.config = config;
    this.worker = worker;
    this.clock = clock;
    this.threads = Executors.newScheduledThreadPool(config.parallelism(), threadNames());
    this.memory = new ImageMemory(config.imageMemory());
    this.cancellations = new Cancellations(clock);
    this.device = new DeviceLane(ports.model(), config.maxBatch(), config.linger(), clock);
    ImageIngest ingest =
        new ImageIngest(ports.reader(), ports.preprocessor(), ports.arrays(), config);
    this.references = new ReferenceLoader(ports.references(), ingest, config.maxImageBytes());
    this.candidates = new CandidateLoader(ports.candidates(), ingest, config.maxImageBytes());
  }

  /** Answers one query; see {@link #submit(Query, QueryListener)}. */
  public CompletableFuture<QueryOutcome> submit(Query query) {
    return submit(query, QueryListener.NONE);
  }

  /**
   * Answers one query. The future completes with its outcome, whatever that is; when it is {@link
   * Completed}, every artifact it names is stored. It completes exceptionally only with an {@link
   * Error}, after which the pipeline is no longer {@link #isAlive alive}, or is cancelled by {@link
   * #close}.
   *
   * <p>Whoever loses interest without wanting an outcome (the query is another worker's now)
   * cancels the future: the query ends before its next stage. See {@link #cancel} for the other
   * way.
   */
  public CompletableFuture<QueryOutcome> submit(Query query, QueryListener listener) {
    return submit(query, listener, new RunEvidence());
  }

  /**
   * Answers one query; see {@link #submit(Query, QueryListener)}.
   *
   * @param evidence is filled meanwhile, and complete when the future is
   */
  public CompletableFuture<QueryOutcome> submit(
      Query query, QueryListener listener, RunEvidence evidence) {
    QueryRun run = new QueryRun(query, this, listener, evidence);
    inFlight.add(run);
    CompletableFuture<QueryOutcome> outcome = run.start();
    // After it is in flight: a cancellation that comes meanwhile finds it here or there.
    cancellations.find(query.header()).ifPresent(run::cancel);
    return outcome;
  }

  /**
   * Ends the query as CANCELLED, at once if it is in flight, or when it is submitted in the next
   * day. One that has its outcome keeps it.
   */
  public void cancel(Cancellation cancellation) {
    cancellations.add(cancellation);
    inFlight.forEach(run -> run.cancel(cancellation));
  }

  /**
   * Does work that belongs to a query's end, on the pipeline's threads and with its retries, but
   * without the query's deadline: a record must be stored though its query expired. The future is
   * cancelled if the pipeline is closed meanwhile.
   */
  @SuppressWarnings("CollectionUndefinedEquality") // which future it is, is what counts
  public <T> CompletableFuture<T> finish(Supplier<T> work) {
    CompletableFuture<T> finished = new CompletableFuture<>();
    finishing.add(finished);
    var unused = finished.whenComplete((value, error) -> finishing.remove(finished));
    unused =
        new Retries(config.retry(), threads, wait -> false, new StopSignal())
            .run(() -> CompletableFuture.supplyAsync(work, threads))
            .whenComplete((value, error) -> finish(finished, value, error));
    if (isClosed()) {
      finished.cancel(false);
    }
    return finished;
  }

  private <T> void finish(
      CompletableFuture<T> finished, @Nullable T value, @Nullable Throwable error) {
    if (error == null) {
      finished.complete(value);
    } else if (isClosed()) {
      finished.cancel(false);
    } else {
      finished.completeExceptionally(Retries.unwrapped(error));
    }
  }

  /** To be called by a run when its outcome is there. */
  void ended(QueryRun run) {
    inFlight.remove(run);
  }

  /** Queries that have been submitted and have no outcome yet. */
  public int inFlight() {
    return inFlight.size();
  }

  /** Bytes of decoded images, and of files made of them, that are held or reserved. */
  public long imageBytes() {
    return memory.held();
  }

  /** False once the device thread has ended: no query will be answered any more. */
  public boolean isAlive() {
    return device.isAlive();
  }

  /**
   * Since when the device has been at the same batch, if it is at any. One that does not come to an
   * end is stuck: queries will be accepted and never answered.
   */
  public Optional<Instant> deviceBusySince() {
    return device.busySince();
  }

  /**
   * Sends an image and a prompt of no query through the model, so that the first query does not
   * wait for what happens once: kernels chosen, buffers allocated. Returns when that is done.
   *
   * @throws RuntimeException if the model does not compute
   */
  public void warmUp() {
    WarmUp.run(ports, device);
  }

  boolean isClosed() {
    return threads.isShutdown();
  }

  PipelinePorts ports() {
    return ports;
  }

  PipelineConfig config() {
    return config;
  }

  WorkerIdentity worker() {
    return worker;
  }

  Clock clock() {
    return clock;
  }

  ScheduledExecutorService threads() {
    return threads;
  }

  PipelineObserver observer() {
    return observer;
  }

  DeviceLane device() {
    return device;
  }

  ReferenceLoader references() {
    return references;
  }

  ImageMemory memory() {
    return memory;
  }

  CandidateLoader candidates() {
    return candidates;
  }

  /** Ends the pipeline's threads. Queries still in flight are cancelled; the ports stay open. */
  @Override
  public void close() {
    threads.shutdownNow();
    device.close();
    inFlight.forEach(QueryRun::drop);
    finishing.forEach(finished -> finished.cancel(false)); // their threads' queue is gone
    try {
      threads.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ThreadFactory threadNames() {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "heliograph-stage-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
