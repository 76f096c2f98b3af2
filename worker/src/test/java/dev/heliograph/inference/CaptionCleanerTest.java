package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.testing.Golden;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptionCleanerTest {

  @Test
  void cleansAsTheOriginalTokenizer() {
    for (JsonNode caption : Golden.expected().path("tokens").path("captions")) {
      String text = caption.path("text").asText();
      assertEquals(caption.path("cleaned").asText(), CaptionCleaner.clean(text));
    }
  }

  /** Expectations are those of Python's {@code html.unescape}. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "&amp; &AMP; &lt;&gt; &quot;    | & & <> \"",
        "&ampx &notit; &notin; &not    | &x ¬it; ∉ ¬",
        "&NotEqualTilde; &bne;          | ≂̸ =⃥",
        "&#39; &#x27; &#X1F34F; &#39    | ' ' 🍏 '",
        "&#128; &#x9F; &#0; &#xD800;    | € Ÿ � �",
        "&#99999999999999999999;        | �",
        "[&#11;&#127;&#xFDD0;&#x1FFFE;] | []",
        "&unknown; & &; &#; &#x;        | &unknown; & &; &#; &#x;",
        "$1 \\ &#36;1                   | $1 \\ $1",
      })
  void unescapesHtmlAsPythonDoes(String text, String expected) {
    assertEquals(expected, HtmlEntities.unescape(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Ã¼ber cafÃ©      | über café",
        "naïve café       | naïve café",
        "猫 cafÃ© â€œqâ€ ðŸ | 猫 café \"q\" 🍏",
        "“MAÇ\u00C3” 猫         | \"maçã\" 猫",
        "VOILÀ “À”        | voilà \"à\"",
        "Ǆ ﬅ              | dž ſt",
        "ΟΔΟΣ Σ           | οδος σ",
        "“ΟΔΟΣ”α ΟΣ'Α ΣΑΣ. | \"οδος\"α οσ'α σας.",
        "ｶﾞ               | ガ",
        "a&amp;amp;lt;b   | a<b",
        "<a&amp;amp;lt;b  | <a&lt;b",
      })
  void repairsAsFtfyDoes(String text, String expected) {
    assertEquals(expected, CaptionCleaner.clean(text));
  }

  @Test
  void replacesLoneSurrogates() {
    assertEquals("a\uFFFDb", CaptionCleaner.clean("a\uD800b"));
    assertEquals("\uD83C\uDF4F", CaptionCleaner.clean("\uD83C\uDF4F"));
  }

  @Test
  void endsOnHostileText() {
    for (String piece : new String[] {"&amp;", "&", "&#", "Ã", "\u001B[", "\u0301", "ﬁ"}) {
      String text = "&" + "amp;".repeat(1000) + piece.repeat(4096 / piece.length());
      assertTimeoutPreemptively(Duration.ofSeconds(10), () -> CaptionCleaner.clean(text));
    }
  }
}
