package dev.heliograph.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.pipeline.ObjectStore;
import dev.heliograph.query.Artifact;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every object store promises. */
abstract class ObjectStoreContract {
  /** sha256 of "hello", from {@code printf hello | sha256sum}. */
  private static final String HELLO_SHA256 =
      "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

  abstract ObjectStore store();

  @Test
  void artifactDescribesWhatWasStored() {
    Artifact artifact = put("2026/11/23/q-1/reference_saliency.npy", "hello");

    assertEquals(HELLO_SHA256, artifact.sha256());
    assertEquals(5, artifact.bytes());
    assertEquals("application/x-npy", artifact.mediaType());
  }

  @Test
  void bytesComeBackFromTheUrlAsTheyWere() throws IOException {
    byte[] everyByte = new byte[256];
    for (int i = 0; i < everyByte.length; i++) {
      everyByte[i] = (byte) i;
    }

    Artifact artifact = store().put("round/trip", new EncodedObject(everyByte, "image/png"));

    assertArrayEquals(everyByte, get(artifact));
  }

  @Test
  void whatIsBehindTheObjectInItsArrayIsNotStored() throws IOException {
    byte[] array = {'h', 'e', 'l', 'l', 'o', 9, 9};

    Artifact artifact = store().put("shorter", new EncodedObject(array, 5, "image/png"));

    assertEquals(HELLO_SHA256, artifact.sha256());
    assertEquals(5, artifact.bytes());
    assertEquals("hello", new String(get(artifact), StandardCharsets.UTF_8));
  }

  @Test
  void anEmptyObjectIsAnObject() throws IOException {
    Artifact artifact = put("empty", "");

    assertEquals(0, artifact.bytes());
    assertArrayEquals(new byte[0], get(artifact));
  }

  @Test
  void puttingTwiceKeepsTheLast() throws IOException {
    Artifact first = put("twice/results.json", "a longer first version");
    Artifact second = put("twice/results.json", "second");

    assertEquals(first.uri(), second.uri());
    assertEquals("second", new String(get(second), StandardCharsets.UTF_8));
  }

  @Test
  void concurrentPutsOfDifferentObjectsAllArrive() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Artifact>> puts = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        String text = "object " + i;
        String key = "concurrent/" + i % 8 + "/" + i;
        puts.add(threads.submit(() -> put(key, text)));
      }
      for (int i = 0; i < puts.size(); i++) {
        assertEquals("object " + i, new String(get(puts.get(i).get()), StandardCharsets.UTF_8));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void concurrentPutsOfOneObjectLeaveOneOfThemWhole() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Artifact>> puts = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        String text = Character.toString('a' + i).repeat(100_000);
        puts.add(threads.submit(() -> put("contended", text)));
      }
      List<String> written = new ArrayList<>();
      Artifact last = puts.get(0).get();
      for (Future<Artifact> put : puts) {
        last = put.get();
        written.add(last.sha256());
      }
      byte[] kept = get(last);
      String sha256 = Sha256.of(kept, kept.length).hex();
      assertEquals(1, written.stream().filter(sha256::equals).count());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aFullSizeArrayOfALargePhotographIsStoredInOnePiece() throws IOException {
    byte[] large = new byte[40 * 1024 * 1024];
    new Random(7).nextBytes(large);

    Artifact artifact = store().put("large.npy", new EncodedObject(large, "application/x-npy"));

    assertEquals(large.length, artifact.bytes());
    assertArrayEquals(large, get(artifact));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "2026/11/23/q.1_2-3/result_1_heatmap_red_dress_2_.png",
        "p/.hidden/..x/x../a",
        "UPPER/lower"
      })
  void safeKeysAreStoredAsTheyStand(String key) throws IOException {
    Artifact artifact = put(key, key);

    assertEquals(key, new String(get(artifact), StandardCharsets.UTF_8));
    assertTrue(artifact.uri().toString().endsWith("/" + key));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/etc/passwd",
        "a/",
        "a//b",
        "..",
        "../x",
        "a/../../x",
        "a/..",
        "./a",
        "a/./b",
        "a\\b",
        "a b",
        "%2e%2e/x",
        "a\u0000b",
        "a\nb",
        "é",
        "a?b",
        "a#b",
        "C:x"
      })
  void refusesKeysThatCouldLeadElsewhere(String key) {
    assertThrows(IllegalArgumentException.class, () -> put(key, "x"));
  }

  @Test
  void refusesKeysThatAreTooLong() {
    assertThrows(IllegalArgumentException.class, () -> put("k".repeat(1025), "x"));
  }

  final Artifact put(String key, String text) {
    return store()
        .put(key, new EncodedObject(text.getBytes(StandardCharsets.UTF_8), "application/x-npy"));
  }

  /** As a browser would. */
  static byte[] get(Artifact artifact) throws IOException {
    try (InputStream stream = artifact.url().toURL().openStream()) {
      return stream.readAllBytes();
    }
  }
}
