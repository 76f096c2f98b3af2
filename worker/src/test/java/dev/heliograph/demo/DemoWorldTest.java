package dev.heliograph.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.demo.picture.Jpeg;
import dev.heliograph.query.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoWorldTest {
  private final DemoWorld world = DemoWorld.create();

  @Test
  void writesEveryPictureUnderItsOwnName(@TempDir Path folder) throws IOException {
    world.writeGallery(folder.resolve("images"));

    List<String> written;
    try (Stream<Path> files = Files.list(folder.resolve("images"))) {
      written = files.map(file -> file.getFileName().toString()).collect(Collectors.toList());
    }
    assertEquals(DemoWorld.PICTURES, written.size());
    assertEquals(new HashSet<>(world.names()), new HashSet<>(written));
    int padded = 0;
    for (String name : written) {
      RgbImage image = Jpeg.decode(Files.readAllBytes(folder.resolve("images").resolve(name)));
      double longer = Math.max(image.width(), image.height());
      padded += longer / Math.min(image.width(), image.height()) >= 1.25 ? 1 : 0;
    }
    assertEquals(1, padded, "pictures that the model would see padded");
  }

  @Test
  void queriesShowDifferentEditsAndHaveTheirTargetsInTheGallery() {
    assertEquals(
        List.of(
            "demo-1-colour",
            "demo-2-shape",
            "demo-3-background",
            "demo-4-small-objects",
            "demo-5-fill",
            "demo-6-two-at-once",
            "demo-7-wide"),
        world.queries().stream().map(DemoQuery::queryId).collect(Collectors.toList()));
    for (DemoQuery query : world.queries()) {
      assertTrue(world.names().contains(query.target()), query::toString);
      RgbImage reference = Jpeg.decode(query.reference());
      assertEquals(query.picture().width(), reference.width());
      assertTrue(query.drawnTarget().mainObject().count() > 0, query::toString);
    }
  }

  @Test
  void isTheSameEveryTime() {
    DemoWorld again = DemoWorld.create();
    assertEquals(world.names(), again.names());
    for (int i = 0; i < world.queries().size(); i++) {
      assertEquals(world.queries().get(i).picture(), again.queries().get(i).picture());
      assertEquals(world.queries().get(i).toString(), again.queries().get(i).toString());
    }
  }
}
