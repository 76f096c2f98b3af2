package dev.heliograph.engine;

import dev.heliograph.audit.AuditContext;
import dev.heliograph.gallery.ExactSearch;
import dev.heliograph.inference.ClipCompositionModel;
import dev.heliograph.inference.DeviceUsage;
import dev.heliograph.pipeline.GalleryCatalog;
import dev.heliograph.pipeline.GalleryDescription;
import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.pipeline.QueryListener;
import dev.heliograph.pipeline.QueryPipeline;
import dev.heliograph.pipeline.RunEvidence;
import dev.heliograph.pipeline.WorkerIdentity;
import dev.heliograph.query.Answer;
import dev.heliograph.query.Cancellation;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.QueryOutcome;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A model and its galleries, open for queries. Answers explain themselves, and their artifacts are
 * saved by the time they are returned. Thread-safe; open one per device and process.
 */
public final class Heliograph implements AutoCloseable {
  private final ClipCompositionModel model;
  private final ExactSearch search;
  private final GalleryCatalog galleries;
  private final QueryPipeline pipeline;
  private final Computation.Ingest ingest;
  private final WorkerIdentity worker;

  Heliograph(
      ClipCompositionModel model,
      ExactSearch search,
      GalleryCatalog galleries,
      QueryPipeline pipeline,
      Computation.Ingest ingest,
      WorkerIdentity worker) {
    this.ingest = ingest;
    this.worker = worker;
    this.model = model;
    this.search = search;
    this.galleries = galleries;
    this.pipeline = pipeline;
  }

  /**
   * Starts a configuration.
   *
   * @param modelFolder CLIP in Hugging Face layout
   * @param phi SEARLE's weights, {@code .pt}
   */
  public static HeliographBuilder builder(Path modelFolder, Path phi) {
    return new HeliographBuilder(modelFolder, phi);
  }

  /**
   * Answers one query.
   *
   * @throws QueryFailedException with the code of its failure
   */
  public Answer answer(Query query) {
    QueryOutcome outcome = submit(query).join();
    if (outcome instanceof QueryOutcome.Completed completed) {
      return completed.answer();
    }
    if (outcome instanceof QueryOutcome.Failed failed) {
      throw new QueryFailedException(
          failed.failure().code(), failed.failure().message(), failed.cause().orElse(null));
    }
    if (outcome instanceof QueryOutcome.Expired expired) {
      throw new QueryFailedException(FailureCode.DEADLINE_EXCEEDED, expired.failure().message());
    }
    if (outcome instanceof QueryOutcome.Cancelled cancelled) {
      throw new QueryFailedException(FailureCode.CANCELLED, cancelled.failure().message());
    }
    throw new AssertionError(outcome);
  }

  /** Answers queries side by side; one that fails does not disturb the others. In their order. */
  public List<QueryOutcome> answerAll(List<Query> queries) {
    List<CompletableFuture<QueryOutcome>> outcomes = queries.stream().map(this::submit).toList();
    return outcomes.stream().map(CompletableFuture::join).toList();
  }

  /**
   * Answers a query in its own time; see {@link QueryPipeline#submit}. How many may be in flight at
   * once is for the caller to bound: each holds its decoded images.
   */
  public CompletableFuture<QueryOutcome> submit(Query query) {
    return pipeline.submit(query);
  }

  /** The same, telling how far the query is. */
  public CompletableFuture<QueryOutcome> submit(Query query, QueryListener listener) {
    return pipeline.submit(query, listener);
  }

  /** The same, for a query whose outcome will be recorded. */
  public CompletableFuture<QueryOutcome> submit(
      Query query, QueryListener listener, RunEvidence evidence) {
    return pipeline.submit(query, listener, evidence);
  }

  /** Work that belongs to a query's end; see {@link QueryPipeline#finish}. */
  public <T> CompletableFuture<T> finish(Supplier<T> work) {
    return pipeline.finish(work);
  }

  /**
   * What computes here, for records.
   *
   * @param gitRevision of the source that this was built from
   */
  public AuditContext.Engine computation(String gitRevision) {
    return Computation.of(model, ingest, worker, gitRevision);
  }

  /** Ends a query as CANCELLED, in flight or to come; see {@link QueryPipeline#cancel}. */
  public void cancel(Cancellation cancellation) {
    pipeline.cancel(cancellation);
  }

  public ModelDescription description() {
    return model.description();
  }

  /**
   * What a gallery is.
   *
   * @param nameAndVersion {@code name} for the current version, or {@code name@version}
   * @throws QueryFailedException with GALLERY_UNKNOWN
   */
  public GalleryDescription gallery(String nameAndVersion) {
    return galleries.find(GalleryReference.parse(nameAndVersion)).description();
  }

  /** Bytes of decoded images that the queries in flight hold. */
  public long imageBytes() {
    return pipeline.imageBytes();
  }

  /** What the device's memory is used for, as far as that is known. */
  public DeviceUsage deviceUsage() {
    return model.deviceUsage();
  }

  /** False once the engine is closed or broken beyond repair: no query will be answered. */
  public boolean isAlive() {
    return pipeline.isAlive();
  }

  /** See {@link QueryPipeline#deviceBusySince}. */
  public Optional<Instant> deviceBusySince() {
    return pipeline.deviceBusySince();
  }

  /** See {@link QueryPipeline#warmUp}. */
  public void warmUp() {
    pipeline.warmUp();
  }

  /** Queries in flight are cancelled. Store and image sources that were handed in stay open. */
  @Override
  public void close() {
    pipeline.close();
    if (pipeline.isAlive()) {
      return; // still in a forward pass: freeing its tensors would end the process
    }
    search.close();
    model.close();
  }
}
