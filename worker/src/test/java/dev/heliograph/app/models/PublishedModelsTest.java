package dev.heliograph.app.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedModelsTest {
  @Test
  void modelsAreFoundWithAndWithoutTheirOwner() {
    assertEquals(
        PublishedModels.find("clip-vit-base-patch32"),
        PublishedModels.find("openai/clip-vit-base-patch32"));
    assertEquals(Optional.empty(), PublishedModels.find("no-such-model"));
  }

  @Test
  void everyModelIsComplete() {
    for (PublishedModel model : PublishedModels.all()) {
      Set<String> names = new HashSet<>();
      model.files().forEach(file -> assertTrue(names.add(file.name()), file.name()));
      assertTrue(
          names.size() == 1
              || names.containsAll(
                  List.of("config.json", "vocab.json", "merges.txt", "tokenizer.json")),
          model.name());
      assertTrue(
          names.stream().anyMatch(name -> name.matches(".*\\.(bin|safetensors|pt)")), model.name());
    }
  }

  @Test
  void everyFileComesOverHttpsFromItsPublisher() {
    for (PublishedModel model : PublishedModels.all()) {
      for (PublishedFile file : model.files()) {
        String url = file.url().toString();
        assertTrue(
            url.matches("https://huggingface\\.co/openai/[a-z0-9-]+/resolve/[0-9a-f]{40}/.+")
                || url.startsWith("https://github.com/miccunifi/SEARLE/releases/download/"),
            url);
        assertTrue(url.endsWith("/" + file.name()), url);
      }
    }
  }

  @Test
  void digestsAreNotSharedBetweenFiles() {
    Set<String> digests = new HashSet<>();
    PublishedModels.all().stream()
        .flatMap(model -> model.files().stream())
        .flatMap(file -> file.sha256().stream())
        .forEach(digest -> assertTrue(digests.add(digest), digest));
    assertEquals(10, digests.size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://huggingface.co/x",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "http://127.0.0.1.evil.example/x",
        "https:///x",
        "x"
      })
  void onlyHttpsIsFetchedFromOtherMachines(String url) {
    assertThrows(
        IllegalArgumentException.class,
        () -> new PublishedFile("x", URI.create(url), Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "../x", "a/b", "a\\b", ".hidden", "a b"})
  void fileNamesStayInTheFolder(String name) {
    assertThrows(
        IllegalArgumentException.class,
        () -> new PublishedFile(name, URI.create("https://host/x"), Optional.empty()));
  }
}
