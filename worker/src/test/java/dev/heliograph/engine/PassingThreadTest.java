package dev.heliograph.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PassingThreadTest {

  @Test
  void hasEndedWhenTheResultIsThere() {
    Thread thread = PassingThread.run("passing", Thread::currentThread);

    assertEquals("passing", thread.getName());
    assertFalse(thread.isAlive());
  }

  @Test
  void throwsWhatTheWorkThrows() {
    RuntimeException exception = new IllegalArgumentException("no model");
    Error error = new UnsatisfiedLinkError("no library");

    assertSame(
        exception,
        assertThrows(
            RuntimeException.class,
            () ->
                PassingThread.run(
                    "passing",
                    () -> {
                      throw exception;
                    })));
    assertSame(
        error,
        assertThrows(
            Error.class,
            () ->
                PassingThread.run(
                    "passing",
                    () -> {
                      throw error;
                    })));
  }

  @Test
  void interruptIsKeptAndTheResultToo() {
    Thread.currentThread().interrupt();
    try {
      assertEquals("opened", PassingThread.run("passing", () -> "opened"));
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
  }
}
