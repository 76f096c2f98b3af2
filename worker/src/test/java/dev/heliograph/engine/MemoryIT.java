package dev.heliograph.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heliograph.inference.DeviceChoice;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import dev.heliograph.testing.ShapesGallery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What native code keeps does not show in the heap, but in the process. */
class MemoryIT {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryIT.class);
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int QUERIES = 2000;
  private static final int WARM_UP = 400;
  private static final int STEP = 50;
  private static final int IN_FLIGHT = 8;
  private static final int IMAGES = 6;
  private static final long MAX_GROWTH_MB = 150;

  @TempDir private Path folder;

  @Test
  void staysTheSameSizeHoweverManyQueriesItAnswers() throws Exception {
    assumeTrue(Files.isReadable(STATUS), "resident memory is read from " + STATUS + ", on Linux");
    Path images = ShapesGallery.draw(folder.resolve("images"), IMAGES);
    Path galleries = ShapesGallery.build(folder.resolve("galleries"), "shapes", images);
    List<byte[]> references = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      references.add(Files.readAllBytes(images.resolve("scene-" + i + ".jpg")));
    }
    try (Heliograph heliograph =
        Heliograph.builder(ShapesGallery.MODEL, ShapesGallery.MODEL.resolve("phi.pt"))
            .galleries(galleries)
            .device(DeviceChoice.CPU)
            .open()) {
      answer(heliograph, references, WARM_UP);
      List<Long> earlier = measure(heliograph, references);
      List<Long> later = measure(heliograph, references);

      LOG.info("MB resident, each {} queries: {}, then {}", STEP, earlier, later);
      long growth = Collections.min(later) - Collections.min(earlier);
      assertTrue(growth < MAX_GROWTH_MB, () -> earlier + " MB grew to " + later + " MB");
    }
  }

  /** Resident memory goes up and down with the native allocator; a leak raises its lowest. */
  private static List<Long> measure(Heliograph heliograph, List<byte[]> references)
      throws IOException {
    List<Long> megabytes = new ArrayList<>();
    for (int answered = 0; answered < (QUERIES - WARM_UP) / 2; answered += STEP) {
      answer(heliograph, references, STEP);
      megabytes.add(residentMegabytes());
    }
    return megabytes;
  }

  private static void answer(Heliograph heliograph, List<byte[]> references, int count) {
    Queue<CompletableFuture<QueryOutcome>> inFlight = new ArrayDeque<>();
    for (int i = 0; i < count; i++) {
      if (inFlight.size() == IN_FLIGHT) {
        check(inFlight.remove().join());
      }
      inFlight.add(heliograph.submit(query(i, references.get(i % references.size()))));
    }
    inFlight.forEach(outcome -> check(outcome.join()));
  }

  /** Maps are wanted, as by default, but not saved. */
  private static Query query(int i, byte[] reference) {
    return Query.builder("query-" + i)
        .gallery("shapes")
        .reference(reference.clone(), "image/jpeg")
        .captions("is blue, and larger by " + i)
        .topK(5)
        .artifacts(ArtifactRequest.NONE)
        .build();
  }

  private static void check(QueryOutcome outcome) {
    assertTrue(
        outcome instanceof QueryOutcome.Completed completed
            && completed.answer().warnings().isEmpty()
            && completed.answer().referenceSaliency().isPresent()
            && completed.answer().results().get(2).saliency().isPresent(),
        outcome::toString);
  }

  /** Collected first: how much of the heap happens to be in use is not what is asked. */
  private static long residentMegabytes() throws IOException {
    System.gc();
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }
}
