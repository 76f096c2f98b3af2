package dev.heliograph.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.testing.ShapesGallery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelPrecisionCommandTest {
  @TempDir private Path folder;

  /** The demo's model: rounding is what may move a result past its neighbour, and nothing else. */
  @Test
  void bfloat16RanksTheDemosPicturesAsFloat32Does() throws IOException {
    ShapesGallery.draw(folder, 48);
    CommandRun run = compare("--images", folder, "--precision", "bfloat16");

    assertEquals(0, run.exitCode(), run::err);
    assertTrue(run.outLines().contains("images      48, in bfloat16 and float32"), run::out);
    assertTrue(number(run, "features .*lowest ([0-9.]+)") > 0.999, run::out);
    assertTrue(number(run, "queries .*lowest ([0-9.]+)") > 0.999, run::out);
    assertTrue(number(run, "top 10 +([0-9.]+) %") > 90, run::out);
    assertTrue(number(run, "candidates .*median ([0-9.]+) %") < 5, run::out);
    assertTrue(number(run, "time .* ([0-9.]+) times") > 0, run::out);
  }

  @Test
  void leavesOutWhatIsNoImage() throws IOException {
    ShapesGallery.draw(folder, 3);
    Files.writeString(folder.resolve("scene-1.jpg"), "no image");
    CommandRun run = compare("--images", folder, "--precision", "bfloat16");

    assertEquals(0, run.exitCode(), run::err);
    assertTrue(run.err().contains("left out: scene-1.jpg"), run::err);
    assertTrue(run.outLines().contains("images      2, in bfloat16 and float32"), run::out);
    assertTrue(run.out().contains("top 2       100.0 % the same images"), run::out);
  }

  @Test
  void refusesWhatCannotBeCompared() throws IOException {
    assertUsage("--precision: name the one", compare("--images", folder));
    assertUsage(
        "--images: there are not two images",
        compare("--images", folder, "--precision", "bfloat16"));
    assertUsage(
        "--limit: 1 is not", compare("--images", folder, "--precision=bfloat16", "--limit=1"));
    ShapesGallery.draw(folder, 2);
    CommandRun run = compare("--images", folder, "--precision", "float16");
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("precision float16: device cpu"), run::err);
  }

  private static void assertUsage(String message, CommandRun run) {
    assertEquals(2, run.exitCode(), run::err);
    assertTrue(run.err().contains(message), run::err);
  }

  private static CommandRun compare(Object... options) {
    Object[] command = {"model", "precision", ShapesGallery.MODEL, "--device", "cpu"};
    Object[] all = new Object[command.length + options.length];
    System.arraycopy(command, 0, all, 0, command.length);
    System.arraycopy(options, 0, all, command.length, options.length);
    return CommandRun.of(all);
  }

  private static double number(CommandRun run, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(run.out());
    assertTrue(matcher.find(), run::out);
    return Double.parseDouble(matcher.group(1));
  }
}
