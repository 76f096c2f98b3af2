package dev.heliograph.app.worker;

import static dev.heliograph.app.worker.WorkerFixture.GALLERY;
import static dev.heliograph.app.worker.WorkerFixture.GALLERY_SIZE;
import static dev.heliograph.app.worker.WorkerFixture.fetch;
import static dev.heliograph.app.worker.WorkerFixture.query;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.app.embedded.EmbeddedObjectStore;
import dev.heliograph.events.Artifact;
import dev.heliograph.events.Geometry;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.RankedImage;
import dev.heliograph.events.Saliency;
import dev.heliograph.events.Warning;
import dev.heliograph.messaging.Topics;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.Query;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import dev.heliograph.store.S3Connection;
import dev.heliograph.testing.Golden;
import dev.heliograph.testing.NpyArray;
import dev.heliograph.testing.NpzFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole service over Kafka's and S3's protocols, with the demo model. */
class WorkerIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;
  private static WorkerFixture fixture;
  private static Worker worker;

  @BeforeAll
  static void start() throws Exception {
    fixture = WorkerFixture.start(folder);
    worker = WorkerFixture.startWorker(fixture.flags());
  }

  @AfterAll
  static void stop() {
    if (worker != null) {
      worker.close();
    }
    fixture.close();
  }

  @Test
  void refusesToStartWithAStoreItCannotUse() {
    Map<String, String> flags = fixture.flags();
    flags.put("store.secret-key", "not-the-key");

    assertThrows(RuntimeException.class, () -> WorkerFixture.startWorker(flags));

    flags.putAll(fixture.flags());
    flags.put("store.bucket", "no-such-bucket");
    RuntimeException e =
        assertThrows(RuntimeException.class, () -> WorkerFixture.startWorker(flags));
    assertTrue(e.getMessage().contains("no-such-bucket"), e.getMessage());
  }

  @Test
  void badQueriesFailWithTheirCodesAndSpareTheirNeighbours() {
    BadQueries bad = new BadQueries(fixture);
    byte[] garbage = "no event at all".getBytes(UTF_8);
    bad.publishRaw("garbage", garbage);
    Map<String, QueryCompletion> completions = fixture.ask(bad.withGoodNeighbours());

    bad.codes()
        .forEach(
            (id, code) -> {
              QueryCompletion completion = completions.get(id);
              assertNotNull(completion, id);
              Outcome outcome = code.equals("DEADLINE_EXCEEDED") ? Outcome.EXPIRED : Outcome.FAILED;
              assertEquals(outcome, completion.getOutcome(), id);
              assertEquals(code, completion.getFailure().getCode(), id);
              String message = completion.getFailure().getMessage();
              assertTrue(message.matches("\\P{Cntrl}{10,500}"), id + ": " + message);
              assertEquals(List.of(), completion.getResults(), id);
            });
    bad.neighbours()
        .forEach(
            id -> {
              assertNotNull(completions.get(id), id);
              assertEquals(Outcome.COMPLETED, completions.get(id).getOutcome(), id);
            });
    assertArrayEquals(garbage, bad.deadLetter("garbage", "MALFORMED_EVENT"));
    assertTrue(worker.isRunning());
  }

  @Test
  void answersWithFilesThatAreWhatTheEventSays() throws Exception {
    QueryCompletion completion = fixture.ask(query("good").build());

    assertEquals(Outcome.COMPLETED, completion.getOutcome());
    assertEquals(List.of(), completion.getWarnings());
    assertEquals(5, completion.getResults().size());
    assertEquals(1 + 2 * 4, WorkerFixture.artifacts(completion).size());
    for (Saliency saliency : WorkerFixture.saliencies(completion)) {
      assertEquals(saliency.getRankingScore(), saliency.getExplainedScore(), 1e-5f);
      assertHeatmap(saliency, saliency.getHeatmap());
      assertArrayEquals(size(saliency), NpyArray.parse(fetch(saliency.getArray())).shape());
    }
    for (RankedImage result : completion.getResults().subList(0, 3)) {
      Path original = fixture.pictures(GALLERY).resolve(result.getImageName());
      BufferedImage picture = ImageIO.read(original.toFile());
      assertArrayEquals(
          new int[] {picture.getHeight(), picture.getWidth()}, size(result.getSaliency()));
      assertEquals(result.getSimilarity(), result.getSaliency().getRankingScore());
    }
    assertDocument(completion, JSON.readTree(fetch(completion.getResultDocument())));
    assertEquals("demo-world", completion.getProvenance().getClipModel());
    assertEquals(GALLERY_SIZE, completion.getProvenance().getGallerySize());
  }

  private static void assertDocument(QueryCompletion completion, JsonNode document) {
    assertEquals("good", document.at("/query/query_id").asText());
    assertEquals("is red instead of blue", document.at("/query/caption").asText());
    assertEquals(5, document.at("/query/top_k").asInt());
    assertTrue(document.at("/reference_saliency/grid").isArray());
    assertEquals(3, document.get("candidate_saliency").size());
    for (int i = 0; i < 5; i++) {
      RankedImage result = completion.getResults().get(i);
      JsonNode entry = document.get("results").get(i);
      assertEquals(i + 1, entry.get("rank").asInt());
      assertEquals(result.getImageName(), entry.get("image_name").asText());
      assertEquals(result.getSimilarity(), entry.get("similarity_score").floatValue());
    }
    RankedImage best = completion.getResults().get(0);
    JsonNode candidate = document.get("candidate_saliency").get(best.getImageName());
    assertEquals(
        best.getSaliency().getHeatmap().getSha256(), candidate.at("/heatmap/sha256").asText());
    assertEquals(
        best.getSaliency().getArray().getUri(), candidate.at("/saliency_map/uri").asText());
  }

  @Test
  void askingAgainLeavesTheSameBytes() throws Exception {
    Query query = query("again").submittedAt(Instant.parse("2026-11-24T09:00:00Z")).build();
    Map<String, String> first = digests(fixture.ask(query));
    Map<String, String> second = digests(fixture.ask(query));
    assertEquals(9, first.size());
    assertEquals(first, second);
  }

  private static Map<String, String> digests(QueryCompletion completion) throws Exception {
    for (Artifact artifact : WorkerFixture.artifacts(completion)) {
      fetch(artifact);
    }
    return WorkerFixture.artifacts(completion).stream()
        .collect(Collectors.toMap(Artifact::getUri, Artifact::getSha256));
  }

  @Test
  void candidatesThatCannotBeReadAreWarnings() throws Exception {
    fixture.buildGallery("holes", WorkerFixture.MODEL, 6);
    Files.delete(fixture.pictures("holes").resolve("scene-02.jpg"));
    Files.writeString(fixture.pictures("holes").resolve("scene-04.jpg"), "not a picture");

    QueryCompletion completion =
        fixture.ask(
            query("holes")
                .gallery("holes")
                .topK(6)
                .saliency(new SaliencyRequest(true, 6, SaliencyMethod.EXACT))
                .build());

    assertEquals(Outcome.COMPLETED, completion.getOutcome());
    assertEquals(6, completion.getResults().size());
    assertEquals(
        Map.of(
            "scene-02.jpg", "CANDIDATE_NOT_FOUND",
            "scene-04.jpg", "CANDIDATE_UNREADABLE"),
        completion.getWarnings().stream()
            .collect(Collectors.toMap(Warning::getSubject, Warning::getCode)));
    assertEquals(
        List.of("scene-02.jpg", "scene-04.jpg"),
        completion.getResults().stream()
            .filter(result -> result.getSaliency() == null)
            .map(RankedImage::getImageName)
            .sorted()
            .toList());
  }

  @Test
  void refusesAGalleryOfAnotherModelAndNamesBoth() throws Exception {
    fixture.buildGallery("foreign", Golden.path("clip-b32-tiny"), 3);
    QueryCompletion completion = fixture.ask(query("foreign").gallery("foreign").topK(2).build());
    assertEquals("GALLERY_UNKNOWN", completion.getFailure().getCode());
    String message = completion.getFailure().getMessage();
    assertTrue(message.contains("clip-b32-tiny") && message.contains("demo-world"), message);
  }

  @Test
  void averagesTwoCaptions() {
    QueryCompletion completion =
        fixture.ask(query("two").captions("is red", "is on a dark background").build());
    assertEquals(Outcome.COMPLETED, completion.getOutcome());
    for (Saliency saliency : WorkerFixture.saliencies(completion)) {
      assertEquals(saliency.getRankingScore(), saliency.getExplainedScore(), 1e-5f);
    }
  }

  @Test
  void computesThePublishedMethod() {
    QueryCompletion completion =
        fixture.ask(
            query("published")
                .saliency(new SaliencyRequest(true, 2, SaliencyMethod.PUBLISHED))
                .build());
    assertEquals(Outcome.COMPLETED, completion.getOutcome());
    assertEquals(
        List.of("PUBLISHED", "PUBLISHED", "PUBLISHED"),
        WorkerFixture.saliencies(completion).stream().map(s -> s.getMethod().name()).toList());
  }

  @Test
  void writesEveryFormat() throws Exception {
    List<HeatmapFormat> heatmaps = List.of(HeatmapFormat.values());
    for (ArrayFormat array : ArrayFormat.values()) {
      HeatmapFormat heatmap = heatmaps.get(array.ordinal() % heatmaps.size());
      QueryCompletion completion =
          fixture.ask(
              query("format-" + array)
                  .saliency(new SaliencyRequest(false, 1, SaliencyMethod.EXACT))
                  .artifacts(new ArtifactRequest(heatmap, array, Optional.of("formats")))
                  .build());
      assertEquals(Outcome.COMPLETED, completion.getOutcome());
      Saliency saliency = WorkerFixture.saliencies(completion).get(0);
      assertFormat(heatmap, saliency);
      assertFormat(array, saliency);
    }
  }

  private static void assertFormat(HeatmapFormat format, Saliency saliency) throws Exception {
    if (format == HeatmapFormat.NONE) {
      assertNull(saliency.getHeatmap());
      return;
    }
    assertEquals(format.mediaType(), saliency.getHeatmap().getMediaType());
    if (format == HeatmapFormat.WEBP) {
      String head = new String(fetch(saliency.getHeatmap()), 0, 12, UTF_8);
      assertTrue(head.startsWith("RIFF") && head.endsWith("WEBP"), head);
    } else {
      assertHeatmap(saliency, saliency.getHeatmap());
    }
  }

  private static void assertFormat(ArrayFormat format, Saliency saliency) throws Exception {
    if (format == ArrayFormat.NONE) {
      assertNull(saliency.getArray());
      return;
    }
    assertEquals(format.mediaType(), saliency.getArray().getMediaType());
    byte[] file = fetch(saliency.getArray());
    NpyArray array;
    if (format == ArrayFormat.NPZ) {
      Path npz = Files.write(folder.resolve("saliency.npz"), file);
      array = NpzFile.read(npz).get("saliency");
    } else {
      array = NpyArray.parse(file);
    }
    int[] grid = {saliency.getRows(), saliency.getColumns()};
    assertArrayEquals(format == ArrayFormat.GRID ? grid : size(saliency), array.shape());
    assertEquals(format == ArrayFormat.NPY_FLOAT16 ? "<f2" : "<f4", array.type());
  }

  @Test
  void reportsItsHealth() throws Exception {
    fixture.ask(query("counted").build());
    assertEquals(200, health(worker, "/livez").statusCode());
    assertEquals(200, health(worker, "/readyz").statusCode());
    String metrics = new String(health(worker, "/metrics").body(), UTF_8);
    assertTrue(metrics.contains("heliograph_queries_total{outcome=\"completed\"}"), metrics);
  }

  @Test
  void isNotReadyOnceTheStoreIsGone() throws Exception {
    Topics topics = Topics.of("lonely.query", "lonely.completion");
    fixture.createTopics(topics);
    EmbeddedObjectStore store = EmbeddedObjectStore.inMemory();
    try (S3Connection connection = S3Connection.open(store.config("lonely"))) {
      connection.createBucketIfAbsent("lonely");
    }
    Map<String, String> flags = fixture.flags(store.config("lonely"));
    flags.put("kafka.query-topic", topics.queries());
    flags.put("kafka.completion-topic", topics.completions());
    flags.put("kafka.dead-letter-topic", topics.deadLetters());
    flags.put("kafka.attestation-topic", topics.attestations());
    flags.put("kafka.group", "lonely");
    try (Worker lonely = WorkerFixture.startWorker(flags)) {
      assertEquals(200, health(lonely, "/readyz").statusCode());
      store.close();
      HttpResponse<byte[]> ready = health(lonely, "/readyz");
      assertEquals(503, ready.statusCode());
      String reason = new String(ready.body(), UTF_8);
      assertTrue(reason.startsWith("object store: "), reason);
      assertEquals(200, health(lonely, "/livez").statusCode());
    }
  }

  @Test
  void isNotReadyWhileTheTopicOfRecordsIsMissing() throws Exception {
    Map<String, String> flags = fixture.flags();
    flags.put("kafka.attestation-topic", "nowhere.attestation");
    flags.put("kafka.group", "unready");
    try (Worker unready = WorkerFixture.startWorker(flags)) {
      HttpResponse<byte[]> ready = health(unready, "/readyz");
      assertEquals(503, ready.statusCode());
      assertTrue(new String(ready.body(), UTF_8).startsWith("Kafka: "));
      assertEquals(200, health(unready, "/livez").statusCode());
    }
  }

  private static HttpResponse<byte[]> health(Worker worker, String path) throws Exception {
    return WorkerFixture.get(URI.create("http://127.0.0.1:" + worker.healthPort() + path));
  }

  private static void assertHeatmap(Saliency saliency, Artifact heatmap)
      throws IOException, InterruptedException {
    BufferedImage overlay = ImageIO.read(new ByteArrayInputStream(fetch(heatmap)));
    assertArrayEquals(size(saliency), new int[] {overlay.getHeight(), overlay.getWidth()});
  }

  /** Height and width of the original image. */
  private static int[] size(Saliency saliency) {
    Geometry geometry = saliency.getGeometry();
    return new int[] {geometry.getImageHeight(), geometry.getImageWidth()};
  }
}
