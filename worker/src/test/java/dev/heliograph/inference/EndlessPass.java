package dev.heliograph.inference;

import dev.heliograph.app.command.HeliographCommand;
import java.util.concurrent.CountDownLatch;

/** A command whose model computes for ever, or not at all. */
public final class EndlessPass {
  private EndlessPass() {}

  /**
   * @param args {@code computing} or {@code idle}
   */
  public static void main(String[] args) {
    HeliographCommand.endBySignals();
    if (args[0].equals("computing")) {
      TorchEngine.compute(EndlessPass::waitForEver);
    } else {
      waitForEver();
    }
  }

  private static Void waitForEver() {
    System.out.println("ready");
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IllegalStateException("nobody ends this but a signal");
  }
}
