package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another implementation checks our log: Go's {@code golang.org/x/mod/sumdb/note} and {@code tlog},
 * by the program in {@code src/test/go/logcheck}. Needs {@code go} on the path, and its module in
 * Go's cache ({@code go mod download}); skipped where one of them is missing.
 */
class GoLogCheckTest {
  private static final Path SOURCE = Path.of("src/test/go/logcheck").toAbsolutePath();

  @TempDir static Path shared;
  @TempDir Path folder;

  private static Path program;

  @BeforeAll
  static void build() throws Exception {
    Run version = Run.of(SOURCE, "go", "version");
    assumeTrue(version.exitCode() == 0, "there is no go on the path");
    Run download = Run.of(SOURCE, "env", "GOPROXY=off", "go", "mod", "download");
    assumeTrue(
        download.exitCode() == 0,
        () -> "golang.org/x/mod is not in Go's module cache: " + download);
    program = shared.resolve("logcheck");
    Run build =
        Run.of(
            SOURCE,
            "env",
            "GOPROXY=off",
            "go",
            "build",
            "-buildvcs=false",
            "-o",
            program.toString(),
            ".");
    assertEquals(0, build.exitCode(), build::toString);
  }

  private Run check() throws Exception {
    LogStore store = new FolderLogStore(folder);
    Checkpoint old = LogExamples.view(store).kept(300).orElseThrow();
    Files.write(shared.resolve("old"), old.signed());
    return Run.of(
        folder,
        program.toString(),
        folder.toString(),
        LogExamples.sealer(store).identity().toVkey(),
        shared.resolve("old").toString(),
        shared.resolve("proofs.json").toString());
  }

  private void sealAndProve() throws IOException {
    LogStore store = new FolderLogStore(folder);
    LogExamples.seal(store, LogExamples.entries(0, 300));
    LogExamples.seal(store, LogExamples.entries(300, 777));
    LogTiles tiles = LogExamples.tiles(store);
    Map<String, Object> proofs =
        Map.of(
            "index", 511,
            "entry", Base64.getEncoder().encodeToString(tiles.entry(511)),
            "inclusion", base64(tiles.inclusionProof(511)),
            "consistency", base64(tiles.consistencyProof(300)));
    Files.write(shared.resolve("proofs.json"), CanonicalJson.write(proofs));
  }

  private static List<String> base64(List<Hash> hashes) {
    return hashes.stream().map(hash -> Base64.getEncoder().encodeToString(hash.bytes())).toList();
  }

  @Test
  void goVerifiesOurCheckpointsTilesEntriesAndProofs() throws Exception {
    sealAndProve();

    Run run = check();

    assertEquals(0, run.exitCode(), run::toString);
    assertEquals("verified 777 entries", run.output().strip());
  }

  @Test
  void goRefusesAChangedTileAsWeDo() throws Exception {
    sealAndProve();
    Path tile = folder.resolve("tile/0/001");
    byte[] bytes = Files.readAllBytes(tile);
    bytes[0] ^= 1;
    Files.write(tile, bytes);

    Run run = check();

    assertEquals(1, run.exitCode(), run::toString);
    assertTrue(run.output().startsWith("logcheck:"), run::toString);
  }

  @Test
  void goRefusesAChangedCheckpointAsWeDo() throws Exception {
    sealAndProve();
    Path checkpoint = folder.resolve("checkpoint");
    String text = Files.readString(checkpoint, StandardCharsets.UTF_8);
    Files.writeString(checkpoint, text.replaceFirst("\n777\n", "\n776\n"));

    assertEquals(1, check().exitCode());
  }
}
