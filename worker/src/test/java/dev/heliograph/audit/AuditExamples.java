package dev.heliograph.audit;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.pipeline.Prompts;
import dev.heliograph.pipeline.RunEvidence;
import dev.heliograph.query.Answer;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.Failure;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.Provenance;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryHeader;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.ReferenceImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import dev.heliograph.query.Warning;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One query, its answer, its stored objects and its context; plain, and the same every time. */
final class AuditExamples {
  static final Instant SUBMITTED = Instant.parse("2026-11-23T10:15:30Z");
  static final Instant COMPLETED = Instant.parse("2026-11-23T10:15:31.250Z");

  static final ReplayTolerance TOLERANCE = new ReplayTolerance(1e-5f, 1e-3f);

  /** The private key of RFC 8410, section 10.3: published, so nobody's. */
  static final String RFC_8410_PRIVATE =
      """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
      -----END PRIVATE KEY-----
      """;

  static final String RFC_8410_PUBLIC =
      """
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
      -----END PUBLIC KEY-----
      """;

  private AuditExamples() {}

  static SigningKey key() {
    return SigningKey.fromPem("RFC 8410", RFC_8410_PRIVATE);
  }

  static Query query(String id) {
    return new Query(
        new QueryHeader(id, SUBMITTED, Map.of("tenant", "studio-7")),
        GalleryReference.parse("fashion"),
        new ReferenceImage.Located(URI.create("s3://queries/ref.jpg"), Optional.empty()),
        List.of("is red, with \"long\" sleeves"),
        2,
        new SaliencyRequest(true, 2, SaliencyMethod.EXACT),
        ArtifactRequest.DEFAULT,
        Optional.of(SUBMITTED.plusSeconds(60)));
  }

  /** The bytes of the stored objects, by URI. */
  static Map<URI, byte[]> objects(String id) {
    Map<URI, byte[]> objects = new LinkedHashMap<>();
    for (String name :
        List.of(
            "reference_heatmap.png",
            "reference_saliency.npy",
            "result_1_heatmap_dress.png",
            "result_1_saliency_dress.npy",
            "results.json")) {
      objects.put(uri(id, name), ("bytes of " + name).getBytes(StandardCharsets.UTF_8));
    }
    return objects;
  }

  static URI uri(String id, String name) {
    return URI.create("s3://artifacts/2026/11/23/" + id + "/" + name);
  }

  static URI recordUri(String id) {
    return uri(id, "attestation.json");
  }

  static StoredObjects reader(Map<URI, byte[]> objects) {
    return uri -> Optional.ofNullable(objects.get(uri)).map(ByteArrayInputStream::new);
  }

  private static Optional<Artifact> artifact(String id, String name, String mediaType) {
    byte[] bytes = objects(id).get(uri(id, name));
    return Optional.of(
        new Artifact(
            uri(id, name),
            URI.create("https://store.example/" + name + "?X-Amz-Signature=secret"),
            Digests.hex(bytes),
            bytes.length,
            mediaType));
  }

  static Saliency saliency(String id, String prefix, String suffix, float score, float... grid) {
    ImageGeometry geometry = ImageGeometry.plan(400, 300, 224, PreprocessType.TARGETPAD);
    return new Saliency(
        new SaliencyMap(SaliencyMethod.EXACT, 2, 2, grid, geometry),
        score,
        score,
        artifact(id, prefix + "_heatmap" + suffix + ".png", "image/png"),
        artifact(id, prefix + "_saliency" + suffix + ".npy", "application/x-npy"));
  }

  static Answer answer(String id) {
    return new Answer(
        List.of(
            new RankedImage(
                1,
                "dress.jpg",
                Optional.of(URI.create("s3://images/dress.jpg")),
                0.31415927f,
                Optional.of(
                    saliency(id, "result_1", "_dress", 0.31415927f, 0f, 1.5e-7f, 0.25f, 0.1f))),
            new RankedImage(2, "skirt.jpg", Optional.empty(), 0.29f, Optional.empty())),
        Optional.of(saliency(id, "reference", "", 7.25f, 0.5f, 0.25f, 0f, 1f)),
        List.of(new Warning(FailureCode.CANDIDATE_NOT_FOUND, "no such object", "skirt.jpg")),
        artifact(id, "results.json", "application/json"),
        provenance("gallery-sha"),
        new TreeMap<>(Map.of("decode", 12.5, "infer", 55.0)));
  }

  static Provenance provenance(String gallerySha256) {
    return new Provenance(
        "ViT-B/32",
        "clip-sha",
        "phi-sha",
        "searle",
        PreprocessType.TARGETPAD,
        "fashion",
        "3",
        gallerySha256,
        2_000,
        "worker-1",
        "0.1.0",
        "cpu",
        "float32");
  }

  static AuditContext context() {
    return new AuditContext(
        Optional.of(new AuditContext.Delivery("cir.query.v1", 3, 4711, Optional.of("event-sha"))),
        evidence(),
        engine());
  }

  static RunEvidence evidence() {
    return RunEvidence.of(
        Optional.of(
            new RunEvidence.Reference(
                "reference-sha",
                123_456,
                6,
                ImageGeometry.plan(400, 300, 224, PreprocessType.TARGETPAD))),
        Optional.of(new Prompts(List.of(new int[] {49406, 320, 1125, 49407}))),
        1);
  }

  static AuditContext.Engine engine() {
    return new AuditContext.Engine(
        new ModelDescription(
            "ViT-B/32", "clip-sha", "phi-sha", "searle", 224, 7, 512, "cpu", "float32"),
        "tokenizer-sha",
        new AuditContext.Preprocessing(
            PreprocessType.TARGETPAD,
            1.25,
            "bicubic, antialiased, a=-0.5, 22-bit fixed point",
            List.of(0.48145466f, 0.4578275f, 0.40821073f),
            List.of(0.26862954f, 0.26130258f, 0.27577711f)),
        new AuditContext.Method(
            "visual.transformer.resblocks.11.attn",
            12,
            "length of phi(reference feature)",
            "cosine of candidate and composed query",
            "min-max",
            "bilinear",
            "JET",
            0.4),
        new AuditContext.Search("cosine", "exact"),
        new AuditContext.Environment(
            "worker-1",
            "0.1.0",
            "52b66e6",
            "17.0.15",
            "0.35.1",
            "2.7.1",
            2,
            Map.of("deterministicAlgorithms", "true")),
        TOLERANCE);
  }

  static QueryOutcome completed(String id) {
    return new QueryOutcome.Completed(query(id), answer(id), SUBMITTED.plusMillis(200), COMPLETED);
  }

  static QueryOutcome failed(String id) {
    return new QueryOutcome.Failed(
        query(id).header(),
        new Failure(FailureCode.GALLERY_UNKNOWN, "gallery: no \"fashion\"", 1),
        Optional.empty(),
        SUBMITTED,
        COMPLETED);
  }

  static QueryOutcome expired(String id) {
    return new QueryOutcome.Expired(
        query(id).header(),
        new Failure(FailureCode.DEADLINE_EXCEEDED, "the deadline passed", 1),
        SUBMITTED,
        COMPLETED);
  }

  /** A record of a completed query, signed. */
  static byte[] record(String id, SigningKey... keys) {
    EncodedObject record =
        new ExplanationRecorder(List.of(keys), CaptionPolicy.CLEAR)
            .record(Optional.of(query(id)), completed(id), context());
    return record.bytes();
  }

  static Statement statement(byte[] record) {
    return Statement.parse("statement", DsseEnvelope.parse("record", record).payload());
  }
}
