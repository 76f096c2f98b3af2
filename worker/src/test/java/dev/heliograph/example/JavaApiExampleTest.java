package dev.heliograph.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.testing.ShapesGallery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaApiExampleTest {
  private static final Path SOURCE =
      Path.of("src/test/java/dev/heliograph/example/JavaApiExample.java");

  @TempDir private Path folder;

  @Test
  void printsResultsAndWhereTheirHeatmapsAre() throws Exception {
    Path images = ShapesGallery.draw(folder.resolve("images"), 6);
    Path galleries = ShapesGallery.build(folder.resolve("galleries"), "shapes", images);
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    try (PrintStream out = new PrintStream(printed, true, UTF_8)) {
      JavaApiExample.run(
          ShapesGallery.MODEL,
          galleries,
          images.resolve("scene-0.jpg"),
          folder.resolve("saved"),
          out);
    }

    List<String> lines = printed.toString(UTF_8).lines().toList();
    assertEquals(
        5, lines.stream().filter(line -> line.matches("[1-5]  scene-\\d.jpg  .*")).count());
    List<String> heatmaps =
        lines.stream()
            .filter(line -> line.startsWith("   why: "))
            .map(l -> l.substring(8))
            .toList();
    assertEquals(3, heatmaps.size(), lines::toString);
    for (String heatmap : heatmaps) {
      assertTrue(Files.size(Path.of(URI.create(heatmap))) > 0, heatmap);
    }
  }

  @Test
  void isWhatTheReadmeShows() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));
    String section = between(readme, "## As a library\n", "\n## ");

    assertEquals(
        between(Files.readString(SOURCE), "    // example begin\n", "    // example end\n")
            .indent(-4),
        between(section, "```java\n", "```\n"));
  }

  private static String between(String text, String begin, String end) {
    int from = text.indexOf(begin) + begin.length();
    assertTrue(from >= begin.length(), () -> "there is no " + begin);
    return text.substring(from, text.indexOf(end, from));
  }
}
