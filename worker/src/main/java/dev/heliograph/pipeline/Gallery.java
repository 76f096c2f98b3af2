package dev.heliograph.pipeline;

import dev.heliograph.query.SaliencyMap;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** One immutable version of a gallery, open for search. */
public interface Gallery {

  GalleryDescription description();

  /**
   * Exact top-k by cosine; ties keep gallery order. Called by one thread at a time, the one that
   * also calls the model.
   *
   * @param queryFeatures normalised rows, each {@link GalleryDescription#dimension()} long
   * @param topK for each query, 1 to the gallery's size
   * @return for each query, its hits best first
   */
  List<List<Hit>> search(List<float[]> queryFeatures, List<Integer> topK);

  /**
   * Why an image has its score for a query: its {@link dev.heliograph.query.SaliencyMethod#EXACT}
   * map, without reading the image. Empty if the gallery was built without explanations.
   * Thread-safe.
   *
   * @param queryFeature normalised
   */
  Optional<SaliencyMap> explain(int index, float[] queryFeature);

  /** The name of an image, as the gallery's builder gave it; a path below the image root. */
  String imageName(int index);

  /** Where the image is, if the gallery knows its image root. Never outside of that root. */
  Optional<URI> imageUri(int index);
}
