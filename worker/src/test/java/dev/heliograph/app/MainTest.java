package dev.heliograph.app;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @ParameterizedTest
  @ValueSource(strings = {"worker", "sealer", "demo"})
  void whatHasSomethingToFinishFinishesItWhateverOptionsComeBefore(String command) {
    assertTrue(Main.isFinishing(command, "--debug"));
    assertTrue(Main.isFinishing("--debug", command));
  }

  @Test
  void otherCommandsDoNot() {
    assertFalse(Main.isFinishing());
    assertFalse(Main.isFinishing("--help"));
    assertFalse(Main.isFinishing("--debug", "gallery", "build", "demo", "worker"));
  }
}
