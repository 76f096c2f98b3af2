package dev.heliograph.app.command;

import dev.heliograph.inference.ClipCompositionModel;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.inference.EvalType;
import dev.heliograph.inference.Precision;
import dev.heliograph.pipeline.ModelDescription;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heliograph model info}: loads a model, which is the check, and says what it is. */
@Command(
    name = "info",
    mixinStandardHelpOptions = true,
    description = "Loads a model folder completely and describes it.")
final class ModelInfoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "<folder>", description = "CLIP folder, or OpenAI weight file.")
  private Path model;

  @Option(names = "--phi", description = "phi weights, to check that they fit.")
  private @Nullable Path phi;

  @Option(
      names = "--eval-type",
      defaultValue = "phi",
      description = "searle, searle-xl or phi (default: phi).")
  private String evalType;

  @Option(
      names = "--precision",
      defaultValue = "FLOAT32",
      description = "float32, bfloat16 (CPUs) or float16 (GPUs) (default: float32).")
  private Precision precision;

  @Override
  public Integer call() {
    ClipModelConfig.Builder config =
        ClipModelConfig.builder(model).evalType(EvalType.of(evalType)).precision(precision);
    if (phi != null) {
      config.phi(phi);
    }
    try (ClipCompositionModel opened = ClipCompositionModel.open(config.build())) {
      ModelDescription description = opened.description();
      int patches = description.patchesPerSide();
      PrintWriter out = spec.commandLine().getOut();
      out.println("model      " + description.clipModel());
      out.println("sha256     " + description.clipSha256());
      out.println("phi        " + (phi == null ? "-" : description.phiSha256()));
      out.println("input      " + description.side() + " x " + description.side() + " pixels");
      out.println("patches    " + patches + " x " + patches);
      out.println("dimension  " + description.dimension());
      out.println("device     " + description.device() + ", " + description.precision());
      out.flush();
    }
    return 0;
  }
}
