package dev.heliograph.pipeline;

import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.Query;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import java.util.List;
import java.util.Optional;

/**
 * The maps of a query's results that its gallery has ready, by position. They stand for a forward
 * pass, and where no overlay is drawn, for the image too. A query that wants no candidate's map
 * gets none; one that wants any gets all, since they cost next to nothing.
 *
 * @param drawn whether overlays are wanted, for which images are read
 */
record IndexedMaps(List<Optional<SaliencyMap>> maps, boolean drawn) {
  /** More grids than that would make an event too large to send. */
  private static final int MAX_MAPS = SaliencyRequest.MAX_CANDIDATES;

  /** Reads a few pages of the gallery for each hit. */
  static IndexedMaps of(Query query, Gallery gallery, List<Hit> hits, float[] queryFeature) {
    SaliencyRequest wanted = query.saliency();
    boolean drawn = query.artifacts().heatmap() != HeatmapFormat.NONE;
    if (wanted.maxCandidates() == 0 || wanted.method() != SaliencyMethod.EXACT) {
      return new IndexedMaps(List.of(), drawn);
    }
    List<Optional<SaliencyMap>> maps =
        hits.stream()
            .limit(MAX_MAPS)
            .map(hit -> gallery.explain(hit.index(), queryFeature))
            .toList();
    return new IndexedMaps(maps, drawn);
  }

  Optional<SaliencyMap> find(int position) {
    return position < maps.size() ? maps.get(position) : Optional.empty();
  }

  boolean isEmpty() {
    return maps.stream().allMatch(Optional::isEmpty);
  }

  boolean needsImage(int position) {
    return drawn || find(position).isEmpty();
  }

  /** Also an image that is no longer as large as the one that was indexed. */
  boolean needsForward(int position, int width, int height) {
    return find(position).filter(map -> isOf(map, width, height)).isEmpty();
  }

  private static boolean isOf(SaliencyMap map, int width, int height) {
    return map.geometry().width() == width && map.geometry().height() == height;
  }
}
