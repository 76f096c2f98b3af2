package dev.heliograph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReadmePromisesTest {
  private static final Pattern TEST_CLASS = Pattern.compile("`([A-Z]\\w+(?:Test|IT))`");

  @Test
  void everyTestThatReadmeNamesExists() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    Set<String> named =
        TEST_CLASS
            .matcher(readme)
            .results()
            .map(MatchResult::group)
            .map(quoted -> quoted.substring(1, quoted.length() - 1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(named.size() > 5, "README.md names few tests: " + named);

    try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
      Set<String> existing =
          files
              .map(file -> file.getFileName().toString().replace(".java", ""))
              .collect(Collectors.toSet());
      named.removeAll(existing);
    }
    assertEquals(Set.of(), named);
  }
}
