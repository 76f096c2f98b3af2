package dev.heliograph.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.util.DefaultLocale;

/** Against the golden gallery, whose query 0 has a lossless reference and well separated scores. */
class QueryCommandTest {
  private static final JsonNode QUERY = Golden.expected().get("queries").get(0);
  private static final Path REFERENCE =
      Golden.path("images").resolve(QUERY.get("reference").asText());
  private static final String CAPTION = QUERY.get("caption").asText();
  private static final Path MODEL = Golden.path("clip-b32-tiny");
  private static final int GALLERY_SIZE = 40;

  @TempDir private Path folder;

  @Test
  void printsTextAsScriptsKnowIt() {
    CommandRun run = query("--top-k=3");

    assertEquals(0, run.exitCode(), run::err);
    List<String> lines = new ArrayList<>();
    lines.add("Top 3 results for: " + CAPTION);
    lines.add("=".repeat(60));
    for (int rank = 1; rank <= 3; rank++) {
      JsonNode expected = QUERY.get("ranking").get(rank - 1);
      lines.add(
          String.format(
              Locale.ROOT,
              "%2d. %-40s (similarity: %.4f)",
              rank,
              expected.get("name").asText(),
              expected.get("score").asDouble()));
    }
    assertEquals(lines, run.outLines());
    assertEquals("", run.err());
  }

  @Test
  @DefaultLocale("de-DE")
  void printsPointsWhateverTheLocaleSays() {
    String first = query("--top-k=1").outLines().get(2);

    assertTrue(first.matches(".* \\(similarity: -?\\d\\.\\d{4}\\)"), first);
  }

  @Test
  void ranksTheWholeGalleryAsThePublishedToolsDo() throws IOException {
    JsonNode document = json(query("--top-k=" + GALLERY_SIZE, "--output-format=json"));

    assertEquals(REFERENCE.toString(), document.at("/query/reference_image").asText());
    assertEquals(CAPTION, document.at("/query/caption").asText());
    assertEquals(GALLERY_SIZE, document.at("/query/top_k").asInt());
    assertFalse(document.has("reference_saliency") || document.has("candidate_saliency"));
    for (int i = 0; i < GALLERY_SIZE; i++) {
      JsonNode expected = QUERY.get("ranking").get(i);
      JsonNode result = document.get("results").get(i);
      assertEquals(i + 1, result.get("rank").asInt());
      assertEquals(expected.get("name").asText(), result.get("image_name").asText());
      assertEquals(
          expected.get("score").asDouble(), result.get("similarity_score").asDouble(), 1e-5);
    }
  }

  @Test
  void ranksInReducedPrecisionWithinARounding() throws IOException {
    JsonNode document =
        json(query("--device=cpu", "--precision=bfloat16", "--top-k=3", "--output-format=json"));

    double difference = 0;
    for (int i = 0; i < 3; i++) {
      double expected = QUERY.at("/ranking/" + i + "/score").asDouble();
      double found = document.at("/results/" + i + "/similarity_score").asDouble();
      assertEquals(expected, found, 5e-3);
      difference = Math.max(difference, Math.abs(expected - found));
    }
    assertTrue(difference > 1e-6, "nothing was rounded");
  }

  @Test
  void savesWhatTheJsonNames() throws IOException {
    Path saved = folder.resolve("saved");

    JsonNode document =
        json(
            query(
                "--top-k=5",
                "--generate-saliency",
                "--max-candidate-saliency=2",
                "--save-saliency-dir=" + saved,
                "--output-format=json"));

    String first = QUERY.at("/ranking/0/name").asText();
    String second = QUERY.at("/ranking/1/name").asText();
    assertEquals(Set.of(first, second), fields(document.get("candidate_saliency")));
    JsonNode candidate = document.get("candidate_saliency").get(first);
    assertEquals(Golden.path("images").resolve(first), Path.of(text(candidate, "image_path")));
    assertEquals(1, candidate.get("rank").asInt());
    assertEquals(
        document.at("/results/0/similarity_score"), candidate.get("similarity_score"), "score");
    for (JsonNode map :
        List.of(
            document.get("reference_saliency"),
            candidate,
            document.get("candidate_saliency").get(second))) {
      assertTrue(Files.size(Path.of(text(map, "saliency_map"))) > 0);
      assertTrue(Files.size(Path.of(text(map, "heatmap"))) > 0);
      assertEquals(7, map.get("grid").size());
    }
    assertEquals(
        Set.of(
            "reference_heatmap.png",
            "reference_saliency.npy",
            "result_1_heatmap_" + stem(first) + ".png",
            "result_1_saliency_" + stem(first) + ".npy",
            "result_2_heatmap_" + stem(second) + ".png",
            "result_2_saliency_" + stem(second) + ".npy",
            "results.json"),
        names(saved));
  }

  @Test
  void leavesTheReferencesMapOut() throws IOException {
    JsonNode document =
        json(
            query(
                "--generate-saliency", "--no-generate-reference-saliency", "--output-format=json"));

    assertFalse(document.has("reference_saliency"));
    assertEquals(3, document.get("candidate_saliency").size());
  }

  @Test
  void leavesTheCandidatesMapsOut() throws IOException {
    JsonNode document =
        json(
            query(
                "--generate-saliency", "--no-generate-candidate-saliency", "--output-format=json"));

    assertTrue(document.has("reference_saliency"));
    assertEquals(0, document.get("candidate_saliency").size());
  }

  @Test
  void warnsOfCandidatesWithoutFilesAndRanksThem() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));

    CommandRun run =
        query("--dataset-path=" + empty, "--generate-saliency", "--output-format=json");

    assertEquals(10, json(run).get("results").size());
    assertEquals(3, run.errLines().size(), run::err);
    for (int i = 0; i < 3; i++) {
      String name = QUERY.get("ranking").get(i).get("name").asText();
      assertTrue(run.errLines().get(i).startsWith("warning: " + name + ": "), run::err);
    }
  }

  @Test
  void asksForNoMoreResultsThanASmallGalleryHas() throws Exception {
    Path images = Files.createDirectory(folder.resolve("images"));
    for (String name : List.of("scene-00.png", "scene-03.png")) {
      Files.copy(Golden.path("images").resolve(name), images.resolve(name));
    }
    CommandRun built =
        CommandRun.of("gallery", "build", "two", images, "--galleries", folder, "--model", MODEL);
    assertEquals(0, built.exitCode(), built::err);

    assertEquals(
        2,
        json(query("--database-path=" + folder.resolve("two"), "--output-format=json"))
            .get("results")
            .size());
    assertFails(2, "--top-k: 41", query("--top-k=41"), String.valueOf(GALLERY_SIZE));
  }

  @Test
  void refusesAMissingReferenceAsWrongUsage() {
    Path missing = folder.resolve("missing.png");

    assertFails(2, missing.toString(), query("--reference-image=" + missing));
  }

  @Test
  void refusesAReferenceThatIsNoImage() {
    Path text = Golden.path("images-bad/text.jpg");

    assertFails(1, "--reference-image: ", query("--reference-image=" + text));
  }

  @Test
  void namesTheFlagOfARefusedValue() {
    assertFails(2, "heliograph: --top-k: 0 is not in 1..1000", query("--top-k=0"));
    assertFails(2, "heliograph: --caption: ", query("--caption=" + "very ".repeat(80) + "blue"));
    assertFails(
        2,
        "heliograph: --max-candidate-saliency: 101 is not in 0..100",
        query("--generate-saliency", "--max-candidate-saliency=101"));
  }

  @Test
  void refusesUnknownFlags() {
    CommandRun run = query("--top-n=3");

    assertEquals(2, run.exitCode());
    assertTrue(run.errLines().get(0).contains("--top-n=3"), run::err);
    assertEquals("", run.out());
  }

  @Test
  void namesAnUnknownEvalType() {
    CommandRun run = query("--eval-type=sarle");

    assertEquals(2, run.exitCode());
    assertEquals(
        "heliograph: Invalid value for option '--eval-type':"
            + " eval type \"sarle\": expected searle, searle-xl or phi",
        run.errLines().get(0));
  }

  @Test
  void refusesWhatIsWrongByItselfBeforeAModelIsLoaded() {
    String noModel = "--model=" + folder.resolve("nowhere");

    assertFails(2, "--top-k: 0", query(noModel, "--top-k=0"));
    assertFails(2, "--caption", query(noModel, "--caption="));
    assertFails(
        2,
        "--database-path: there is no",
        query(noModel, "--database-path=" + folder.resolve("x")));
  }

  @Test
  void printsStackTracesOnlyWithDebug() {
    CommandRun run = query("--model=" + folder.resolve("nowhere"), "--debug");

    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("\tat dev.heliograph."), run::err);
  }

  /** One line on stderr that holds the words, and nothing on stdout. */
  private static void assertFails(int exitCode, String word, CommandRun run, String... words) {
    assertEquals(exitCode, run.exitCode(), run::err);
    assertEquals(1, run.errLines().size(), run::err);
    assertTrue(run.err().startsWith("heliograph: ") && run.err().contains(word), run::err);
    Arrays.stream(words).forEach(other -> assertTrue(run.err().contains(other), run::err));
    assertEquals("", run.out());
  }

  /** The golden query; options given here replace its own. */
  private static CommandRun query(String... options) {
    Map<String, String> byName = new LinkedHashMap<>();
    Stream.concat(
            Stream.of(
                "--database-path=" + Golden.path("gallery-tiny.pt"),
                "--dataset-path=" + Golden.path("images"),
                "--reference-image=" + REFERENCE,
                "--caption=" + CAPTION,
                "--model=" + MODEL,
                "--phi=" + Golden.path("phi-b32-tiny.pt"),
                "--eval-type=phi"),
            Arrays.stream(options))
        .forEach(option -> byName.put(option.split("=", 2)[0], option));
    return CommandRun.of(Stream.concat(Stream.of("query"), byName.values().stream()).toArray());
  }

  private static JsonNode json(CommandRun run) throws IOException {
    assertEquals(0, run.exitCode(), run::err);
    return new ObjectMapper().readTree(run.out());
  }

  private static String text(JsonNode node, String field) {
    return node.get(field).asText();
  }

  private static String stem(String fileName) {
    return fileName.substring(0, fileName.lastIndexOf('.'));
  }

  private static Set<String> fields(JsonNode node) {
    return StreamSupport.stream(((Iterable<String>) node::fieldNames).spliterator(), false)
        .collect(Collectors.toSet());
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
