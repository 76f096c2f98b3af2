package dev.heliograph.app;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @ParameterizedTest
  @ValueSource(strings = {"worker", "sealer"})
  void whatHasSomethingToFinishFinishesItWhateverOptionsComeBefore(String command) {
    assertTrue(Main.isFinishing(command, "--debug"));
    assertTrue(Main.isFinishing("--debug", command));
  }

  @Test
  void aDemoThatStaysDoesToo() {
    assertTrue(Main.isFinishing("demo", "--keep"));
    assertFalse(Main.isFinishing("demo"));
    assertFalse(Main.isFinishing("demo", "--evaluate"));
  }

  @Test
  void otherCommandsDoNot() {
    assertFalse(Main.isFinishing());
    assertFalse(Main.isFinishing("--help"));
    assertFalse(Main.isFinishing("--debug", "gallery", "build", "demo", "worker"));
  }
}
