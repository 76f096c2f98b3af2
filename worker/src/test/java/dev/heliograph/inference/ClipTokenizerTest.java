package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipTokenizerTest {
  private static final Path MODEL = Golden.path("clip-b32-tiny");
  private static final ClipConfig CONFIG = ClipConfigFile.read(MODEL.resolve("config.json"));
  private static final int START = 49406;
  private static final int END = 49407;

  private static ClipTokenizer tokenizer;

  @BeforeAll
  static void open() {
    tokenizer = ClipTokenizer.open(MODEL, CONFIG);
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @Test
  void givesTheOriginalTokenizersIds() {
    assertAgreesWithGolden(tokenizer);
  }

  @Test
  void readsVocabularyAndMergesAsWell(@TempDir Path folder) throws IOException {
    for (String file : List.of("vocab.json", "merges.txt")) {
      Files.copy(MODEL.resolve(file), folder.resolve(file));
    }
    try (ClipTokenizer other = ClipTokenizer.open(folder, CONFIG)) {
      assertAgreesWithGolden(other);
    }
  }

  @Test
  void promptsAreTheReferencesPrompts() {
    for (JsonNode query : Golden.expected().path("queries")) {
      int[] ids = only(query.path("caption").asText());
      assertArrayEquals(ids(query.path("ids")), ids);
    }
  }

  @Test
  void aSpelledControlTokenIsPlainText() {
    int[] ids = tokenizer.encode("a cat <|endoftext|> a dog <|startoftext|>");
    assertEquals(1, Arrays.stream(ids).filter(id -> id == END).count());
    assertEquals(1, Arrays.stream(ids).filter(id -> id == START).count());
    assertEquals(END, ids[ids.length - 1]);
    assertArrayEquals(tokenizer.encode("a cat <| endoftext |> a dog <| startoftext |>"), ids);
  }

  @Test
  void onlyTheTemplatesDollarIsTheWord() {
    for (String caption : List.of("costs $ 5", "$ $ $", "$$, ($)", "\u0301$", "$</w>", "!$")) {
      int[] ids = only(caption);
      assertEquals(259, ids[tokenizer.wordPosition()], caption);
      assertArrayEquals(new int[] {START, 320, 1125, 539}, Arrays.copyOf(ids, 4), caption);
      assertEquals(682, ids[5], caption);
    }
    assertEquals(4, tokenizer.wordPosition());
  }

  @Test
  void aPromptFillsTheContextAndNoMore() {
    String words = "word ".repeat(70);
    assertEquals(77, only(words).length);
    QueryFailedException failure =
        assertThrows(QueryFailedException.class, () -> only(words + "word"));
    assertEquals(FailureCode.INVALID_QUERY, failure.code());
    assertEquals("captions: 78 tokens as a prompt, the limit is 77", failure.getMessage());
  }

  @Test
  void twoCaptionsAreStrippedAndJoinedInBothOrders() {
    List<int[]> prompts =
        tokenizer.prompts(List.of(" is darker and longer.", "has red sleeves, ?")).tokenIds();
    assertEquals(2, prompts.size());
    assertArrayEquals(
        tokenizer.encode("a photo of $ that is darker and longer and has red sleeves"),
        prompts.get(0));
    assertArrayEquals(
        tokenizer.encode("a photo of $ that has red sleeves and is darker and longer"),
        prompts.get(1));
  }

  @Test
  void isThreadSafe() {
    Map<String, int[]> expected =
        Map.of("has MORE stripes", only("has MORE stripes"), "café", only("café"));
    boolean equal =
        IntStream.range(0, 400)
            .parallel()
            .allMatch(
                i -> {
                  String caption = i % 2 == 0 ? "has MORE stripes" : "café";
                  return Arrays.equals(expected.get(caption), only(caption));
                });
    assertTrue(equal);
  }

  @Test
  void namesTheFolderWithoutATokenizer(@TempDir Path folder) {
    ModelFileException failure =
        assertThrows(ModelFileException.class, () -> ClipTokenizer.open(folder, CONFIG));
    assertEquals(
        folder + ": has neither tokenizer.json nor vocab.json and merges.txt",
        failure.getMessage());
  }

  @Test
  void refusesATokenizerOfAnotherModel() {
    ClipConfig nano = ClipConfigFile.read(Golden.path("clip-gelu-nano").resolve("config.json"));
    ModelFileException failure =
        assertThrows(ModelFileException.class, () -> ClipTokenizer.open(MODEL, nano));
    assertTrue(failure.getMessage().endsWith("ends a text with 49407, the model with 519"));
  }

  private static void assertAgreesWithGolden(ClipTokenizer tokenizer) {
    List<String> compared = new ArrayList<>();
    JsonNode captions = Golden.expected().path("tokens").path("captions");
    captions
        .properties()
        .forEach(
            caption -> {
              JsonNode expected = caption.getValue();
              // There, a spelled control token becomes a real one.
              if (caption.getKey().equals("injected")) {
                return;
              }
              int[] ids = tokenizer.encode(expected.path("text").asText());
              if (expected.path("too_long").asBoolean()) {
                assertTrue(ids.length > 77, caption.getKey());
                ids = Arrays.copyOf(ids, 77);
                ids[76] = END;
                assertArrayEquals(ids(expected.path("ids_truncated")), ids, caption.getKey());
              } else {
                assertArrayEquals(ids(expected.path("ids")), ids, caption.getKey());
              }
              compared.add(caption.getKey());
            });
    assertEquals(captions.size() - 1, compared.size());
  }

  private static int[] only(String caption) {
    return tokenizer.prompts(List.of(caption)).tokenIds().get(0);
  }

  private static int[] ids(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
