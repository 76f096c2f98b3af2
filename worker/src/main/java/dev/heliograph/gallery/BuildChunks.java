package dev.heliograph.gallery;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parts that a build is done in, each kept as soon as it is finished.
 *
 * @param names of all images, in order
 * @param chunkSize images of a chunk; the last one may have fewer
 * @param layout of the explanations, or null if there are none
 */
record BuildChunks(
    List<String> names, int chunkSize, int dimension, @Nullable ExplanationLayout layout) {
  int count() {
    return (names.size() + chunkSize - 1) / chunkSize;
  }

  List<String> names(int chunk) {
    int start = chunk * chunkSize;
    return names.subList(start, Math.min(start + chunkSize, names.size()));
  }

  /** A chunk of the journal, if it has as many rows and explanations as it should. */
  Optional<BuildJournal.Chunk> finished(BuildJournal journal, int chunk) throws IOException {
    Optional<BuildJournal.Chunk> found = journal.find(chunk);
    return found.isPresent() && isComplete(found.get(), names(chunk).size())
        ? found
        : Optional.empty();
  }

  private boolean isComplete(BuildJournal.Chunk chunk, int size) throws IOException {
    int rows = size - chunk.skipped().size();
    return chunk.rows().remaining() == rows * rowBytes() && hasExplanations(chunk, rows);
  }

  private boolean hasExplanations(BuildJournal.Chunk chunk, int rows) throws IOException {
    return layout == null
        || (chunk.explanations().isPresent()
            && Files.size(chunk.explanations().get()) == (long) rows * layout.recordBytes());
  }

  /**
   * Appends a finished chunk to a version; returns what it has skipped.
   *
   * @throws GalleryException if it is no longer finished
   */
  List<SkippedImage> copy(BuildJournal journal, int chunk, GalleryWriter writer)
      throws IOException {
    BuildJournal.Chunk finished =
        finished(journal, chunk)
            .orElseThrow(() -> new GalleryException("the work folder changed: start again"));
    Set<String> skipped = new HashSet<>();
    finished.skipped().forEach(image -> skipped.add(image.name()));
    int row = 0;
    for (String name : names(chunk)) {
      if (!skipped.contains(name)) {
        writer.addRow(name, finished.rows().slice(row++ * rowBytes(), rowBytes()));
      }
    }
    if (layout != null) {
      writer.addExplanations(finished.explanations().orElseThrow());
    }
    return finished.skipped();
  }

  private int rowBytes() {
    return dimension * Float.BYTES;
  }
}
