package dev.heliograph.audit;

import dev.heliograph.pipeline.ModelDescription;
import dev.heliograph.pipeline.RunEvidence;
import dev.heliograph.query.PreprocessType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a record states beyond the query and its outcome.
 *
 * @param delivery where the query came from; empty for a query that no event brought
 * @param evidence what the run came upon
 * @param engine the same for every query of a worker
 */
public record AuditContext(Optional<Delivery> delivery, RunEvidence evidence, Engine engine) {
  public AuditContext {
    Objects.requireNonNull(delivery, "delivery");
    Objects.requireNonNull(evidence, "evidence");
    Objects.requireNonNull(engine, "engine");
  }

  /**
   * The event that asked.
   *
   * @param sha256 of the event's value, as it was on the topic
   */
  public record Delivery(String topic, int partition, long offset, Optional<String> sha256) {}

  /** What computes in this worker; made once. */
  public record Engine(
      ModelDescription model,
      String tokenizerSha256,
      Preprocessing preprocessing,
      Method method,
      Search search,
      Environment environment,
      ReplayTolerance tolerance) {}

  /**
   * The way from an upright image to the model's input.
   *
   * @param targetRatio the ratio that TARGETPAD pads to
   * @param resample for example {@code bicubic, antialiased, a=-0.5, 22-bit fixed point}
   * @param mean per channel, of values in [0, 1]
   * @param deviation per channel, of values in [0, 1]
   */
  public record Preprocessing(
      PreprocessType type,
      double targetRatio,
      String resample,
      List<Float> mean,
      List<Float> deviation) {
    public Preprocessing {
      mean = List.copyOf(mean);
      deviation = List.copyOf(deviation);
    }
  }

  /**
   * How saliency maps are computed and drawn.
   *
   * @param layer whose attention is explained
   * @param heads of that layer
   * @param referenceTarget the number whose gradient explains a reference
   * @param candidateTarget the number whose gradient explains a candidate
   * @param normalisation from raw grid to drawn map
   */
  public record Method(
      String layer,
      int heads,
      String referenceTarget,
      String candidateTarget,
      String normalisation,
      String interpolation,
      String colourMap,
      double overlayAlpha) {}

  /**
   * How the gallery is searched.
   *
   * @param metric for example {@code cosine}
   * @param index for example {@code exact}
   */
  public record Search(String metric, String index) {}

  /**
   * What the computation ran on.
   *
   * @param gitRevision of the worker's source
   * @param djl version of the library that drives PyTorch
   * @param libtorch version of PyTorch
   * @param threads that one operation may use
   * @param determinism flags that bear on reproducibility, by name
   */
  public record Environment(
      String worker,
      String workerVersion,
      String gitRevision,
      String jdk,
      String djl,
      String libtorch,
      int threads,
      Map<String, String> determinism) {
    public Environment {
      determinism = Map.copyOf(determinism);
    }
  }
}
