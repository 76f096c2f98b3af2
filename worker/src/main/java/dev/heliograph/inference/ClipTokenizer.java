package dev.heliograph.inference;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.heliograph.pipeline.Prompts;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.Text;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * Turns relative captions into prompts, token for token as CLIP's original tokenizer does. A text
 * that spells a control token is plain text here; there, it would end the prompt. Thread-safe.
 */
final class ClipTokenizer implements AutoCloseable {
  private static final String BEFORE_WORD = "a photo of";
  private static final String WORD = "$";
  private static final String AFTER_WORD = "that";

  /** SEARLE strips FashionIQ's captions of these before it joins them. */
  private static final Pattern FRINGE = Pattern.compile("^[.?, ]+|[.?, ]+$");

  private final HuggingFaceTokenizer bpe;
  private final int startToken;
  private final int endToken;
  private final int contextLength;
  private final int wordPosition;
  private final String filesSha256;

  private ClipTokenizer(TokenizerFiles files, int endToken, int contextLength) {
    this.bpe = bpe(files);
    this.startToken = files.id("<|startoftext|>");
    this.endToken = endToken;
    this.contextLength = contextLength;
    this.filesSha256 = files.sha256();
    this.wordPosition = 1 + split(BEFORE_WORD).length;
  }

  /**
   * @param folder with {@code tokenizer.json}, or {@code vocab.json} and {@code merges.txt}
   * @throws ModelFileException if the files are missing, or do not fit the model's configuration
   */
  static ClipTokenizer open(Path folder, ClipConfig config) {
    TokenizerFiles files = TokenizerFiles.read(folder);
    int end = files.id("<|endoftext|>");
    if (end != config.endToken()) {
      throw new ModelFileException(
          files.source() + ": ends a text with " + end + ", the model with " + config.endToken());
    }
    if (files.largestId() >= config.vocabularySize()) {
      throw new ModelFileException(
          files.source()
              + ": has the id "
              + files.largestId()
              + ", the model's vocabulary has "
              + config.vocabularySize()
              + " entries");
    }
    ClipTokenizer tokenizer = new ClipTokenizer(files, end, config.contextLength());
    int[] template = tokenizer.encode(prompt(""));
    if (template[tokenizer.wordPosition] != files.id(WORD + "</w>")) {
      tokenizer.close();
      throw new ModelFileException(files.source() + ": does not keep \"$\" as a token");
    }
    return tokenizer;
  }

  /** Where every prompt has the token that the pseudo word replaces: the template's, only. */
  int wordPosition() {
    return wordPosition;
  }

  /** See {@link TokenizerFiles#sha256}. */
  String filesSha256() {
    return filesSha256;
  }

  /**
   * One prompt for one caption; for two, both orders, as SEARLE does for FashionIQ.
   *
   * @throws QueryFailedException with INVALID_QUERY if a prompt exceeds the context
   */
  Prompts prompts(List<String> captions) {
    if (captions.size() == 1) {
      return new Prompts(List.of(bounded(captions.get(0))));
    }
    String one = FRINGE.matcher(captions.get(0)).replaceAll("");
    String two = FRINGE.matcher(captions.get(1)).replaceAll("");
    return new Prompts(List.of(bounded(one + " and " + two), bounded(two + " and " + one)));
  }

  /** Start token, the cleaned text, end token; of any length. */
  int[] encode(String text) {
    long[] words = split(CaptionCleaner.clean(text));
    return LongStream.concat(
            LongStream.concat(LongStream.of(startToken), LongStream.of(words)),
            LongStream.of(endToken))
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  @Override
  public void close() {
    bpe.close();
  }

  private int[] bounded(String caption) {
    int[] ids = encode(prompt(caption));
    if (ids.length > contextLength) {
      throw new QueryFailedException(
          FailureCode.INVALID_QUERY,
          "captions: " + ids.length + " tokens as a prompt, the limit is " + contextLength);
    }
    return ids;
  }

  private static String prompt(String caption) {
    return BEFORE_WORD + " " + WORD + " " + AFTER_WORD + " " + caption;
  }

  private long[] split(String cleaned) {
    return bpe.encode(cleaned, false, false).getIds();
  }

  private static HuggingFaceTokenizer bpe(TokenizerFiles files) {
    byte[] json = files.toTokenizerJson().getBytes(StandardCharsets.UTF_8);
    Map<String, String> options =
        Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
    try {
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      String reason = Text.shorten(String.valueOf(e.getMessage()));
      throw new ModelFileException(files.source() + ": is refused: " + reason, e);
    }
  }
}
