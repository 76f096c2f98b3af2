package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heliograph.testing.Fuzz;
import dev.heliograph.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged configuration and tokenizer files are read or refused, before native code sees them. */
class ModelFilesFuzzTest {
  private static final String[] JSON = {"{", "}", "[", "]", "\"", ":", ",", "null", "\\u0000"};

  private static final int CHARACTERS = 512;
  private static final int MERGES = 200;
  private static final int END = CHARACTERS + MERGES + 1;

  @TempDir private Path folder;

  @Test
  void configurations() {
    Path file = folder.resolve("config.json");

    Fuzz.Result result =
        Fuzz.of("config.json")
            .corpus(
                Golden.bytes("clip-b32-tiny/config.json"),
                Golden.bytes("clip-gelu-nano/config.json"))
            .tokens(JSON)
            .allowing(ModelFileException.class)
            .mutants(2_000)
            .run(
                bytes -> {
                  Files.write(file, bytes);
                  ClipConfigFile.read(file);
                });

    assertTrue(result.refused() > 200 && result.read() > 200, result::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokenizer.json", "vocab.json", "merges.txt"})
  void tokenizers(String name) throws IOException {
    writeTokenizer(name.equals("tokenizer.json"));
    ClipConfig config = smallVocabulary();
    Path file = folder.resolve(name);

    Fuzz.Result result =
        Fuzz.of(name)
            .corpus(Files.readAllBytes(file))
            .tokens(JSON)
            .allowing(ModelFileException.class)
            .mutants(400)
            .run(
                bytes -> {
                  Files.write(file, bytes);
                  ClipTokenizer.open(folder, config).close();
                });

    assertTrue(result.refused() > 40, result::toString);
  }

  /** The golden tokenizer's beginning: all single characters, and the first merges. */
  private void writeTokenizer(boolean inOneFile) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode vocabulary = json.createObjectNode();
    json.readTree(Golden.bytes("clip-b32-tiny/vocab.json"))
        .properties()
        .forEach(
            entry -> {
              if (entry.getValue().asInt() < CHARACTERS + MERGES) {
                vocabulary.set(entry.getKey(), entry.getValue());
              }
            });
    vocabulary.put("<|startoftext|>", CHARACTERS + MERGES).put("<|endoftext|>", END);
    List<String> merges =
        Files.readAllLines(Golden.path("clip-b32-tiny/merges.txt")).subList(1, 1 + MERGES);
    if (inOneFile) {
      ObjectNode whole = json.createObjectNode();
      ObjectNode model = whole.putObject("model").put("type", "BPE");
      model.set("vocab", vocabulary);
      merges.forEach(model.putArray("merges")::add);
      json.writeValue(folder.resolve("tokenizer.json").toFile(), whole);
    } else {
      json.writeValue(folder.resolve("vocab.json").toFile(), vocabulary);
      Files.write(folder.resolve("merges.txt"), merges);
    }
  }

  private static ClipConfig smallVocabulary() {
    ClipConfig config = ClipConfigFile.read(Golden.path("clip-b32-tiny/config.json"));
    return new ClipConfig(
        config.vision(),
        config.text(),
        config.imageSize(),
        config.patchSize(),
        config.contextLength(),
        END + 1,
        END,
        config.dimension());
  }
}
