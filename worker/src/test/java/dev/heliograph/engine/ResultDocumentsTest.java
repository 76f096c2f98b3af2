package dev.heliograph.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.query.Answer;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.Provenance;
import dev.heliograph.query.Query;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResultDocumentsTest {
  @Test
  void tellsOfTheReferencesAddressNoCredential() throws Exception {
    Query query =
        Query.builder("q")
            .gallery("g")
            .reference(URI.create("https://me:pw@host/b/k.jpg?X-Amz-Signature=secret"))
            .captions("is red")
            .build();
    Provenance provenance =
        new Provenance(
            "clip",
            "a",
            "b",
            "phi",
            PreprocessType.TARGETPAD,
            "g",
            "1",
            "c",
            1,
            "w",
            "1",
            "cpu",
            "float32");
    Answer answer =
        new Answer(List.of(), Optional.empty(), List.of(), Optional.empty(), provenance, Map.of());

    byte[] document = new ResultDocuments().write(query, answer).bytes();

    String text = new String(document, StandardCharsets.UTF_8);
    assertFalse(text.contains("secret") || text.contains("pw@"), text);
    assertEquals(
        "https://host/b/k.jpg",
        new ObjectMapper().readTree(document).findPath("reference_image").asText());
  }
}
