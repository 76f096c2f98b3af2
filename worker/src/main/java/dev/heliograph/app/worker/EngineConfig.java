package dev.heliograph.app.worker;

import dev.heliograph.app.Version;
import dev.heliograph.app.config.Setting;
import dev.heliograph.app.config.SettingException;
import dev.heliograph.app.config.Settings;
import dev.heliograph.engine.Heliograph;
import dev.heliograph.engine.HeliographBuilder;
import dev.heliograph.inference.DeviceChoice;
import dev.heliograph.inference.EvalType;
import dev.heliograph.inference.Precision;
import dev.heliograph.pipeline.PipelineConfig;
import dev.heliograph.pipeline.WorkerIdentity;
import dev.heliograph.query.PreprocessType;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What computes: a model, galleries and a device. Needs neither Kafka nor an object store.
 *
 * @param phi SEARLE's weights
 * @param threads of one CPU operation; empty for one per core
 * @param heatmapPixels of a heatmap at most; empty for the image's own size
 */
public record EngineConfig(
    Path model,
    Path phi,
    Optional<String> modelName,
    EvalType evalType,
    PreprocessType preprocess,
    DeviceChoice device,
    Precision precision,
    OptionalInt threads,
    PipelineConfig pipeline,
    Path galleries,
    OptionalLong heatmapPixels,
    WorkerIdentity identity) {
  /**
   * @throws SettingException naming the setting, its value and what it may be
   */
  public static EngineConfig of(Settings settings) {
    Path model = settings.path(Setting.MODEL_PATH);
    int threads = (int) settings.number(Setting.DEVICE_THREADS, 0, 1024);
    long heatmapPixels = settings.number(Setting.ARTIFACTS_MAX_PIXELS, 0, Integer.MAX_VALUE);
    return new EngineConfig(
        model,
        settings.text(Setting.MODEL_PHI).map(Path::of).orElse(model.resolve("phi.pt")),
        settings.text(Setting.MODEL_NAME),
        settings.choice(Setting.MODEL_EVAL_TYPE, EvalType.class),
        settings.choice(Setting.MODEL_PREPROCESS, PreprocessType.class),
        settings.choice(Setting.DEVICE, DeviceChoice.class),
        settings.choice(Setting.MODEL_PRECISION, Precision.class),
        threads == 0 ? OptionalInt.empty() : OptionalInt.of(threads),
        WorkerConfig.pipeline(settings),
        settings.path(Setting.GALLERIES_PATH),
        heatmapPixels == 0 ? OptionalLong.empty() : OptionalLong.of(heatmapPixels),
        new WorkerIdentity(WorkerConfig.name(settings), Version.current()));
  }

  /** An engine that still lacks a place for artifacts, and sources of images in object storage. */
  public HeliographBuilder builder() {
    HeliographBuilder builder =
        Heliograph.builder(model, phi)
            .evalType(evalType)
            .preprocess(preprocess)
            .device(device)
            .precision(precision)
            .galleries(galleries)
            .pipeline(pipeline)
            .worker(identity);
    modelName.ifPresent(builder::modelName);
    threads.ifPresent(builder::threads);
    heatmapPixels.ifPresent(builder::heatmapPixels);
    return builder;
  }
}
