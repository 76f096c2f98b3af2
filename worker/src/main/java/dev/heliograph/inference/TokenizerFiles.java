package dev.heliograph.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heliograph.checkpoint.FileDigest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Vocabulary and merges of a CLIP tokenizer, from {@code tokenizer.json} or from {@code vocab.json}
 * and {@code merges.txt}. Whatever else those files say is left out: cleaning is ours ({@link
 * CaptionCleaner}), and control tokens are set by us, never found in a text.
 *
 * @param source for messages
 */
record TokenizerFiles(Path source, JsonNode vocabulary, JsonNode merges) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** CLIP's own split of a cleaned text; the control tokens are missing on purpose. */
  private static final String WORDS =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

  static boolean existIn(Path folder) {
    return Files.exists(folder.resolve("tokenizer.json"))
        || Files.exists(folder.resolve("vocab.json"));
  }

  /**
   * @throws ModelFileException if the files are missing or are not a CLIP tokenizer's
   */
  static TokenizerFiles read(Path folder) {
    Path whole = folder.resolve("tokenizer.json");
    if (Files.exists(whole)) {
      JsonNode model = json(whole).path("model");
      return new TokenizerFiles(whole, model.path("vocab"), model.path("merges")).checked();
    }
    Path vocabulary = folder.resolve("vocab.json");
    if (!Files.exists(vocabulary)) {
      throw new ModelFileException(
          folder + ": has neither tokenizer.json nor vocab.json and merges.txt");
    }
    JsonNode merges = merges(folder.resolve("merges.txt"));
    return new TokenizerFiles(vocabulary, json(vocabulary), merges).checked();
  }

  /** Of {@code tokenizer.json}, or of {@code vocab.json} and {@code merges.txt} joined. */
  String sha256() {
    return source.endsWith("vocab.json")
        ? FileDigest.sha256(source, source.resolveSibling("merges.txt"))
        : FileDigest.sha256(source);
  }

  /**
   * The id of a vocabulary entry.
   *
   * @throws ModelFileException if there is no such entry
   */
  int id(String entry) {
    JsonNode id = vocabulary.path(entry);
    if (!id.isInt()) {
      throw new ModelFileException(source + ": has no entry \"" + entry + '"');
    }
    return id.intValue();
  }

  int largestId() {
    int largest = 0;
    for (JsonNode id : vocabulary) {
      largest = Math.max(largest, id.asInt());
    }
    return largest;
  }

  /** As {@code tokenizer.json}: CLIP's split and byte-level BPE, nothing before and after. */
  String toTokenizerJson() {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", "1.0");
    root.putNull("truncation").putNull("padding").putArray("added_tokens");
    root.putNull("normalizer");
    ArrayNode steps =
        root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    ObjectNode split = steps.addObject().put("type", "Split");
    split.putObject("pattern").put("Regex", WORDS);
    split.put("behavior", "Removed").put("invert", true);
    steps
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", false);
    root.putNull("post_processor").putNull("decoder");
    ObjectNode model = root.putObject("model").put("type", "BPE");
    model.putNull("dropout").putNull("unk_token").put("continuing_subword_prefix", "");
    model.put("end_of_word_suffix", "</w>").put("fuse_unk", false);
    model.set("vocab", vocabulary);
    model.set("merges", merges);
    return root.toString();
  }

  private TokenizerFiles checked() {
    if (!vocabulary.isObject() || vocabulary.isEmpty() || !merges.isArray()) {
      throw new ModelFileException(source + ": has no vocabulary and merges of a BPE model");
    }
    return this;
  }

  private static JsonNode merges(Path file) {
    ArrayNode merges = JSON.createArrayNode();
    lines(file).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#version"))
        .forEach(merges::add);
    return merges;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ModelFileException(file + ": cannot be read: " + e, e);
    }
  }

  private static JsonNode json(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new ModelFileException(file + ": cannot be read: " + reason, e);
    }
  }
}
