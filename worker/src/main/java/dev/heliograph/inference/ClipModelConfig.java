package dev.heliograph.inference;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What to open, and where to compute.
 *
 * @param clip a Hugging Face folder, or a weight file: one of OpenAI's, or one beside its {@code
 *     config.json}; tokenizer files are looked for in the same folder
 * @param phi SEARLE's {@code .pt}; without it the model encodes images and does nothing else
 * @param evalType which CLIP and phi belong together
 * @param name the model's name in provenance; the folder's name if empty
 * @param threads of PyTorch inside one operation, for the whole process: the first model opened
 *     decides. Empty leaves it to PyTorch, one per core. More threads than cores, over all workers
 *     of a machine, make a pass many times slower
 * @param precision float16 needs a GPU
 * @param batching empty for the device's own: reproducible on the CPU, fastest on CUDA
 */
public record ClipModelConfig(
    Path clip,
    Optional<Path> phi,
    EvalType evalType,
    Optional<String> name,
    DeviceChoice device,
    OptionalInt threads,
    Precision precision,
    Optional<Batching> batching) {

  public ClipModelConfig {
    if (threads.isPresent() && (threads.getAsInt() < 1 || threads.getAsInt() > 1024)) {
      throw new IllegalArgumentException("threads: " + threads.getAsInt() + " is not in 1..1024");
    }
  }

  public static Builder builder(Path clip) {
    return new Builder(clip);
  }

  /** Collects a configuration; everything but the model's path has a default. */
  public static final class Builder {
    private final Path clip;
    private Optional<Path> phi = Optional.empty();
    private EvalType evalType = EvalType.PHI;
    private Optional<String> name = Optional.empty();
    private DeviceChoice device = DeviceChoice.AUTO;
    private OptionalInt threads = OptionalInt.empty();
    private Precision precision = Precision.FLOAT32;
    private Optional<Batching> batching = Optional.empty();

    private Builder(Path clip) {
      this.clip = clip;
    }

    public Builder phi(Path phi) {
      this.phi = Optional.of(phi);
      return this;
    }

    public Builder evalType(EvalType evalType) {
      this.evalType = evalType;
      return this;
    }

    public Builder name(String name) {
      this.name = Optional.of(name);
      return this;
    }

    public Builder device(DeviceChoice device) {
      this.device = device;
      return this;
    }

    public Builder threads(int threads) {
      this.threads = OptionalInt.of(threads);
      return this;
    }

    public Builder precision(Precision precision) {
      this.precision = precision;
      return this;
    }

    public Builder batching(Batching batching) {
      this.batching = Optional.of(batching);
      return this;
    }

    public ClipModelConfig build() {
      return new ClipModelConfig(clip, phi, evalType, name, device, threads, precision, batching);
    }
  }
}
