package dev.heliograph.pipeline;

import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.RgbImage;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.SaliencyMethod;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** A query's way through the model, on the device thread, without a query. */
final class WarmUp {
  private WarmUp() {}

  static void run(PipelinePorts ports, DeviceLane device) {
    int side = ports.model().description().side();
    ModelPixels black =
        ports.preprocessor().prepare(new RgbImage(side, side, new byte[3 * side * side]));
    CompositionRequest request =
        new CompositionRequest(
            black, ports.model().tokenize(List.of("is warm")), Optional.of(SaliencyMethod.EXACT));
    try {
      float[] feature =
          device.compose(request, new NoGallery(), 0, () -> {}).join().composition().queryFeature();
      device
          .explain(List.of(new CandidateRequest(black, feature, SaliencyMethod.EXACT)), () -> {})
          .get(0)
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Nothing is found in it. */
  private static final class NoGallery implements Gallery {
    @Override
    public GalleryDescription description() {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<List<Hit>> search(List<float[]> queryFeatures, List<Integer> topK) {
      return Collections.nCopies(queryFeatures.size(), List.of());
    }

    @Override
    public Optional<SaliencyMap> explain(int index, float[] queryFeature) {
      throw new IndexOutOfBoundsException(index);
    }

    @Override
    public String imageName(int index) {
      throw new IndexOutOfBoundsException(index);
    }

    @Override
    public Optional<URI> imageUri(int index) {
      throw new IndexOutOfBoundsException(index);
    }
  }
}
