package dev.heliograph.audit;

import dev.heliograph.benchmark.SampleAnswer;
import dev.heliograph.benchmark.StageBenchmark;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.pipeline.Prompts;
import dev.heliograph.pipeline.RunEvidence;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** What a query's record costs: ten results, four maps of 7 × 7 with files, one key. */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RecordBenchmark extends StageBenchmark {
  private static final int PATCHES = 7;
  private static final String SHA256 = "0".repeat(64);
  private static final ImageGeometry GEOMETRY =
      ImageGeometry.plan(3016, 3080, 224, PreprocessType.TARGETPAD);

  private final SigningKey key = SigningKey.generate();
  private final ExplanationRecorder recorder =
      new ExplanationRecorder(List.of(key), CaptionPolicy.CLEAR);
  private final QueryOutcome.Completed outcome = SampleAnswer.completed();
  private final Query query = outcome.query();
  private final AuditContext context = context();
  private final byte[] statement =
      ExplanationRecord.compose(
          Optional.of(query), outcome, context, CaptionPolicy.CLEAR, List.of(key.id()));
  private final Object plain = StrictJson.parse("statement", statement).plain();
  private final byte[] record = record().bytes();

  /** All that a worker does before it stores the record. */
  @Benchmark
  public EncodedObject record() {
    return recorder.record(Optional.of(query), outcome, context);
  }

  /** Its part that makes the statement. */
  @Benchmark
  public byte[] compose() {
    return ExplanationRecord.compose(
        Optional.of(query), outcome, context, CaptionPolicy.CLEAR, List.of(key.id()));
  }

  /** Of that, the writing as canonical JSON. */
  @Benchmark
  public byte[] canonicalise() {
    return CanonicalJson.write(plain);
  }

  /** Its part that signs. */
  @Benchmark
  public byte[] sign() {
    return DsseEnvelope.sign(DsseEnvelope.IN_TOTO, statement, List.of(key)).toBytes();
  }

  /** What a redelivery or an auditor does. */
  @Benchmark
  public SignedStatement parse() {
    return SignedStatement.parse("record", record);
  }

  private static AuditContext context() {
    RunEvidence evidence =
        RunEvidence.of(
            Optional.of(new RunEvidence.Reference(SHA256, 1_000_000, 1, GEOMETRY)),
            Optional.of(new Prompts(List.of(new int[] {49406, 320, 1125, 539, 265, 49407}))),
            1);
    AuditContext.Engine engine =
        new AuditContext.Engine(
            new ModelDescription(
                "ViT-B/32", SHA256, SHA256, "searle", 224, PATCHES, 512, "cpu", "float32"),
            SHA256,
            new AuditContext.Preprocessing(
                PreprocessType.TARGETPAD,
                1.25,
                "bicubic",
                List.of(0.48145466f, 0.4578275f, 0.40821073f),
                List.of(0.26862954f, 0.26130258f, 0.27577711f)),
            new AuditContext.Method(
                "layer", 12, "length", "cosine", "min-max", "bilinear", "JET", 0.4),
            new AuditContext.Search("cosine", "exact"),
            new AuditContext.Environment(
                "worker-1", "1.0.0", "revision", "17", "0.35.1", "2.7.1", 2, Map.of()),
            ReplayTolerance.LIMIT);
    return new AuditContext(
        Optional.of(new AuditContext.Delivery("cir.query.v1", 3, 4711, Optional.of(SHA256))),
        evidence,
        engine);
  }
}
