package dev.heliograph.app.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.audit.CaptionPolicy;
import dev.heliograph.audit.RecordStore;
import dev.heliograph.engine.Heliograph;
import dev.heliograph.inference.DeviceChoice;
import dev.heliograph.messaging.OutcomeRecorder;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.PipelineConfig;
import dev.heliograph.pipeline.RetryPolicy;
import dev.heliograph.pipeline.RunEvidence;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.Failure;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.QueryHeader;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.store.WriteOnce;
import dev.heliograph.testing.ShapesGallery;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that refuses records for a while. */
class OutcomeRecordsTest {
  private static final int ATTEMPTS = 4;
  private static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");
  private static final QueryHeader HEADER = new QueryHeader("q", NOW, Map.of());
  private static final QueryOutcome FAILED =
      new QueryOutcome.Failed(
          HEADER,
          new Failure(FailureCode.GALLERY_UNKNOWN, "gallery: no such", 1),
          Optional.empty(),
          NOW,
          NOW);

  @TempDir private Path galleries;

  private final AtomicInteger puts = new AtomicInteger();
  private int refusals;
  private Heliograph engine;

  @BeforeEach
  void open() {
    engine =
        Heliograph.builder(ShapesGallery.MODEL, ShapesGallery.MODEL.resolve("phi.pt"))
            .galleries(galleries)
            .device(DeviceChoice.CPU)
            .pipeline(
                new PipelineConfig(
                    2,
                    1,
                    Duration.ZERO,
                    PipelineConfig.DEFAULT_MAX_IMAGE_BYTES,
                    PipelineConfig.DEFAULT_MAX_IMAGE_PIXELS,
                    PipelineConfig.defaultImageMemory(2),
                    new RetryPolicy(
                        ATTEMPTS, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(1)),
                    false))
            .open();
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private CompletableFuture<Optional<OutcomeRecorder.Attestation>> record() {
    AuditConfig config = new AuditConfig(true, List.of(), CaptionPolicy.CLEAR, WriteOnce.NONE);
    return new OutcomeRecords(engine, "revision", config, new RefusingStore())
        .record(
            new OutcomeRecorder.Origin("cir.query.v1", 0, 7, new byte[1]),
            Optional.empty(),
            new RunEvidence(),
            FAILED)
        .toCompletableFuture();
  }

  @Test
  void storesARecordInTheEndThatWasRefusedAtFirst() {
    refusals = ATTEMPTS - 1;

    OutcomeRecorder.Attestation kept = record().join().orElseThrow();

    assertEquals(ATTEMPTS, puts.get());
    assertTrue(kept.artifact().uri().toString().endsWith("/q/attestation.json"));
  }

  @Test
  void failsAsTheStoreDoesOnceItsAttemptsAreUsedUp() {
    refusals = Integer.MAX_VALUE;

    CompletionException e = assertThrows(CompletionException.class, () -> record().join());

    QueryFailedException cause = assertInstanceOf(QueryFailedException.class, e.getCause());
    assertEquals(FailureCode.STORE_REFUSED, cause.code());
    assertEquals(ATTEMPTS, puts.get());
  }

  private final class RefusingStore implements RecordStore {
    @Override
    public Optional<Artifact> putIfAbsent(String key, EncodedObject record) {
      if (puts.incrementAndGet() <= refusals) {
        throw new QueryFailedException(FailureCode.STORE_REFUSED, key + ": refused");
      }
      URI uri = URI.create("s3://artifacts/" + key);
      return Optional.of(
          new Artifact(uri, uri, "0".repeat(64), record.bytes().length, record.mediaType()));
    }

    @Override
    public Kept get(String key) {
      throw new AssertionError(key);
    }
  }
}
