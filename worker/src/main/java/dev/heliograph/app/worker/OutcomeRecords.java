package dev.heliograph.app.worker;

import dev.heliograph.audit.AuditContext;
import dev.heliograph.audit.Digests;
import dev.heliograph.audit.ExplanationRecorder;
import dev.heliograph.audit.RecordKeeper;
import dev.heliograph.audit.RecordStore;
import dev.heliograph.engine.Heliograph;
import dev.heliograph.messaging.OutcomeRecorder;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.RunEvidence;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The worker's audit trail: makes and keeps the record of each outcome, on the pipeline's threads
 * and with its retries.
 */
final class OutcomeRecords implements OutcomeRecorder {
  private final Heliograph engine;
  private final AuditContext.Engine computation;
  private final ExplanationRecorder recorder;
  private final RecordKeeper keeper;

  /**
   * @param store where records go, beside the artifacts
   */
  OutcomeRecords(Heliograph engine, String gitRevision, AuditConfig config, RecordStore store) {
    this.engine = engine;
    this.computation = engine.computation(gitRevision);
    this.recorder = new ExplanationRecorder(config.keys(), config.captions());
    this.keeper = new RecordKeeper(store, recorder);
  }

  @Override
  public CompletionStage<Optional<Attestation>> record(
      Origin origin, Optional<Query> query, RunEvidence evidence, QueryOutcome outcome) {
    return engine
        .finish(() -> recorder.record(query, outcome, context(origin, evidence)))
        .thenCompose(record -> engine.finish(() -> kept(query, outcome, record)));
  }

  private Optional<Attestation> kept(
      Optional<Query> query, QueryOutcome outcome, EncodedObject record) {
    RecordStore.Kept kept = keeper.keep(query, outcome.header(), record);
    return Optional.of(new Attestation(kept.artifact(), kept.bytes()));
  }

  private AuditContext context(Origin origin, RunEvidence evidence) {
    AuditContext.Delivery delivery =
        new AuditContext.Delivery(
            origin.topic(),
            origin.partition(),
            origin.offset(),
            Optional.of(Digests.hex(origin.value())));
    return new AuditContext(Optional.of(delivery), evidence, computation);
  }
}
