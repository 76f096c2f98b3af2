package dev.heliograph.app.command;

import dev.heliograph.inference.ClipCompositionModel;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.pipeline.ModelDescription;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heliograph model info}: loads a model, which is the check, and says what it is. */
@Command(
    name = "info",
    mixinStandardHelpOptions = true,
    description = "Loads a model folder completely and describes it; with --phi, phi as well.")
final class ModelInfoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private PhiOptions phi;
  @Mixin private PrecisionOption precision;

  @Parameters(paramLabel = "<folder>", description = "CLIP folder, or OpenAI weight file.")
  private Path model;

  @Override
  public Integer call() {
    ClipModelConfig.Builder config =
        ClipModelConfig.builder(model).evalType(phi.evalType()).precision(precision.precision());
    phi.file().ifPresent(config::phi);
    try (ClipCompositionModel opened = ClipCompositionModel.open(config.build())) {
      ModelDescription description = opened.description();
      int patches = description.patchesPerSide();
      PrintWriter out = spec.commandLine().getOut();
      out.println("model      " + description.clipModel());
      out.println("sha256     " + description.clipSha256());
      out.println("phi        " + (phi.file().isEmpty() ? "-" : description.phiSha256()));
      out.println("input      " + description.side() + " x " + description.side() + " pixels");
      out.println("patches    " + patches + " x " + patches);
      out.println("dimension  " + description.dimension());
      out.println("device     " + description.device() + ", " + description.precision());
      out.flush();
    }
    return 0;
  }
}
