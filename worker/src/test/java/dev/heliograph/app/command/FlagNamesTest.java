package dev.heliograph.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FlagNamesTest {
  private final FlagNames flags = new FlagNames(Map.of("topK", "--top-k", "captions", "--caption"));

  @Test
  void aFieldAtTheBeginningGetsItsFlagsName() {
    assertEquals("--top-k: 0 is not in 1..1000", flags.in("topK: 0 is not in 1..1000"));
    assertEquals("--caption: is empty", flags.in("captions[1]: is empty"));
  }

  @Test
  void anythingElseStaysAsItIs() {
    for (String message :
        List.of("seed: 1", "no topK: 0", "topK is 0", "saliency.topK: 0", "topK:0", "")) {
      assertEquals(message, flags.in(message));
    }
  }

  static Stream<Arguments> wrongValues() {
    return Stream.of(
        submit("--top-k: 0 is not in 1..1000", "--top-k=0"),
        submit("--max-candidate-saliency: 101 is not in 0..100", "--max-candidate-saliency=101"),
        submit("--caption: is empty", "--caption= "),
        submit("--caption: 3 given, 1 or 2 are needed", "--caption=is red", "--caption=is not"),
        submit("--id: \"a b\" is not 1 to 128 of [A-Za-z0-9._-]", "--id=a b"),
        Arguments.of(
            "<query id>: \"a b\" is not 1 to 128 of [A-Za-z0-9._-]", List.of("cancel", "a b")),
        Arguments.of("--queries: 0 is below 1", List.of("demo", "--evaluate", "--queries=0")),
        Arguments.of(
            "--gallery: 5 is not in 60 (queries)..100000",
            List.of("demo", "--evaluate", "--gallery=5")),
        Arguments.of(
            "--max-redrives: 0 is below 1",
            List.of("dead-letters", "redrive", "--max-redrives=0")));
  }

  private static Arguments submit(String error, String... flags) {
    Stream<String> needed =
        Stream.of(
            "submit", "--gallery=scenes", "--reference=s3://bucket/a.png", "--caption=is blue");
    return Arguments.of(error, Stream.concat(needed, Stream.of(flags)).toList());
  }

  @ParameterizedTest
  @MethodSource("wrongValues")
  void commandsNameTheFlagThatWasTyped(String error, List<String> arguments) {
    CommandRun run = CommandRun.of(arguments.toArray());

    assertEquals(2, run.exitCode(), run::err);
    assertEquals(List.of("heliograph: " + error), run.errLines());
  }
}
