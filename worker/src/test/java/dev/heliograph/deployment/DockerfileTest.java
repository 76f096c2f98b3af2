package dev.heliograph.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * How the source's revision reaches the image, which no build without an engine shows: an argument
 * is known only in the stage that declares it, from there on, and is empty elsewhere.
 */
class DockerfileTest {
  private static final Path ROOT = Path.of("..");

  @Test
  void theRevisionIsDeclaredInEachStageThatUsesIt() throws IOException {
    List<String> stages = stages();
    String build = stages.get(1);
    String image = stages.get(stages.size() - 1);

    assertInOrder(build, "ARG REVISION=", "mvn ", "-Dsource.revision=\"$REVISION\"");
    assertInOrder(image, "ARG REVISION=", "LABEL ", "image.revision=\"${REVISION}\"");
    for (String stage : stages) {
      assertEquals(
          stage.contains("$REVISION") || stage.contains("${REVISION}"),
          stage.contains("ARG REVISION="),
          stage);
    }
  }

  @Test
  void whatBuildsImagesNamesTheRevision() throws IOException {
    assertTrue(text("infra/docker/Dockerfile").contains("--build-arg REVISION=\"$(git rev-parse"));
    assertInOrder(
        text(".ci/images"), "\nworker() {", "--build-arg REVISION=\"$(git rev-parse HEAD");
  }

  /** Where it goes: into the file that records' revision is read from. */
  @Test
  void theBuildTakesTheRevisionThatItIsGiven() throws IOException {
    assertInOrder(
        text("worker/pom.xml"),
        "property=\"source.revision\"",
        "dev/heliograph/app/revision.txt\" message=\"${source.revision}\"");
  }

  @Test
  void theImagesVersionIsTheBuilds() throws IOException {
    var version =
        Pattern.compile("<artifactId>heliograph</artifactId>\\s*<version>([^<]+)</version>")
            .matcher(text("pom.xml"));
    assertTrue(version.find());
    assertInOrder(
        text("infra/docker/Dockerfile"),
        "ARG VERSION=" + version.group(1) + "\n",
        "image.version=\"${VERSION}\"");
  }

  private static void assertInOrder(String text, String... parts) {
    int at = 0;
    for (String part : parts) {
      int found = text.indexOf(part, at);
      assertTrue(found >= 0, () -> part + " is missing, or too early, in\n" + text);
      at = found + part.length();
    }
  }

  /** The first is what stands before any. */
  private static List<String> stages() throws IOException {
    return List.of(text("infra/docker/Dockerfile").split("(?m)^(?=FROM )"));
  }

  private static String text(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }
}
