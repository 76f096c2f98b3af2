package dev.heliograph.pipeline;

import dev.heliograph.query.Artifact;
import dev.heliograph.query.ModelPixels;
import java.util.List;

/** Ports that tell an observer what passes through them. What is behind them stays its opener's. */
final class ObservedPorts {
  private ObservedPorts() {}

  static PipelinePorts of(PipelinePorts ports, PipelineObserver observer) {
    return new PipelinePorts(
        new ObservedModel(ports.model(), observer),
        ports.galleries(),
        ports.references(),
        ports.candidates(),
        ports.reader(),
        ports.preprocessor(),
        ports.renderer(),
        new ObservedStore(ports.store(), observer),
        ports.documents(),
        ports.arrays());
  }

  private record ObservedModel(CompositionModel model, PipelineObserver observer)
      implements CompositionModel {
    @Override
    public ModelDescription description() {
      return model.description();
    }

    @Override
    public Prompts tokenize(List<String> captions) {
      return model.tokenize(captions);
    }

    @Override
    public List<Composition> compose(List<CompositionRequest> batch) {
      observer.batched("compose", batch.size());
      return model.compose(batch);
    }

    @Override
    public List<PatchRelevance> explain(List<CandidateRequest> batch) {
      observer.batched("explain", batch.size());
      return model.explain(batch);
    }

    @Override
    public List<float[]> encode(List<ModelPixels> images) {
      return model.encode(images);
    }

    @Override
    public List<ExplainedImage> encodeExplained(List<ModelPixels> images) {
      return model.encodeExplained(images);
    }

    @Override
    public void close() {
      model.close();
    }
  }

  private record ObservedStore(ObjectStore store, PipelineObserver observer)
      implements ObjectStore {
    @Override
    public Artifact put(String key, EncodedObject object) {
      Artifact artifact = store.put(key, object);
      observer.stored(artifact.bytes());
      return artifact;
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
