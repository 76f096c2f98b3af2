package dev.heliograph.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.testing.ShapesGallery;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCommandTest {
  private static final String WEIGHTS = "model.safetensors";

  @TempDir private Path folder;

  @Test
  void describesAModel() {
    CommandRun run =
        CommandRun.of(
            "model", "info", ShapesGallery.MODEL, "--phi", ShapesGallery.MODEL.resolve("phi.pt"));

    assertEquals(0, run.exitCode(), run::err);
    assertTrue(run.outLines().contains("model      model"), run::out);
    assertTrue(run.outLines().contains("input      64 x 64 pixels"), run::out);
    assertTrue(run.outLines().contains("patches    8 x 8"), run::out);
    assertTrue(run.outLines().contains("dimension  96"), run::out);
    assertTrue(run.out().matches("(?s).*\\Rsha256 +[0-9a-f]{64}\\R.*"), run::out);
    assertTrue(run.out().matches("(?s).*\\Rphi +[0-9a-f]{64}\\R.*"), run::out);
    assertEquals("", run.err());
  }

  @Test
  void namesAMissingTensor() throws IOException {
    copyModel();
    rename("visual_projection.weight", "visual_projectiom.weight");

    assertFails("visual_projection.weight");
  }

  @Test
  void namesATruncatedFile() throws IOException {
    copyModel();
    byte[] bytes = Files.readAllBytes(folder.resolve(WEIGHTS));
    Files.write(folder.resolve(WEIGHTS), Arrays.copyOf(bytes, bytes.length / 2));

    assertFails(WEIGHTS);
  }

  @Test
  void namesAFileWithoutWeights() throws IOException {
    copyModel();
    Files.writeString(folder.resolve(WEIGHTS), "no weights");

    assertFails(WEIGHTS);
  }

  @Test
  void namesAFolderThatIsNotThere() {
    Path missing = folder.resolve("missing");

    assertFails(missing.toString(), CommandRun.of("model", "info", missing));
  }

  private void assertFails(String named) {
    assertFails(named, CommandRun.of("model", "info", folder));
  }

  private static void assertFails(String named, CommandRun run) {
    assertEquals(1, run.exitCode(), run::err);
    assertEquals(1, run.errLines().size(), run::err);
    assertTrue(run.err().startsWith("heliograph: ") && run.err().contains(named), run::err);
    assertEquals("", run.out());
  }

  private void copyModel() throws IOException {
    try (Stream<Path> files = Files.list(ShapesGallery.MODEL)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName().toString()));
      }
    }
  }

  /** Renames a tensor in the header; both names are of one length. */
  private void rename(String from, String to) throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve(WEIGHTS));
    int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String header = new String(bytes, Long.BYTES, length, StandardCharsets.UTF_8);
    assertTrue(header.contains(from), header);
    byte[] renamed = header.replace(from, to).getBytes(StandardCharsets.UTF_8);
    System.arraycopy(renamed, 0, bytes, Long.BYTES, length);
    Files.write(folder.resolve(WEIGHTS), bytes);
  }
}
