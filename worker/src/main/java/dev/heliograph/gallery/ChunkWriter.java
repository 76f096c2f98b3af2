package dev.heliograph.gallery;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects what is kept of the images of one chunk. */
final class ChunkWriter implements Closeable {
  private final BuildJournal journal;
  private final int chunk;
  private final int dimension;
  private final @Nullable DigestedFile explanations;
  private final List<SkippedImage> skipped = new ArrayList<>();
  private final List<float[]> features = new ArrayList<>();

  private ChunkWriter(
      BuildJournal journal, int chunk, int dimension, @Nullable DigestedFile explanations) {
    this.journal = journal;
    this.chunk = chunk;
    this.dimension = dimension;
    this.explanations = explanations;
  }

  static ChunkWriter open(BuildJournal journal, int chunk, BuildChunks chunks) throws IOException {
    DigestedFile explanations = chunks.layout() == null ? null : journal.writeExplanations(chunk);
    return new ChunkWriter(journal, chunk, chunks.dimension(), explanations);
  }

  void add(EncodedImage image) throws IOException {
    if (!image.objection().isEmpty()) {
      skipped.add(new SkippedImage(image.name(), image.objection()));
      return;
    }
    features.add(image.feature());
    if (explanations != null) {
      explanations.write(image.explanation().orElseThrow());
    }
  }

  /** How many images are left out so far. */
  int skipped() {
    return skipped.size();
  }

  /** Makes the chunk a finished one. */
  void save() throws IOException {
    Optional<String> sha256 =
        explanations == null ? Optional.empty() : Optional.of(explanations.finish());
    journal.save(chunk, rows(), sha256, skipped);
  }

  private byte[] rows() {
    ByteBuffer rows =
        ByteBuffer.allocate(features.size() * dimension * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float[] feature : features) {
      rows.asFloatBuffer().put(feature);
      rows.position(rows.position() + feature.length * Float.BYTES);
    }
    return rows.array();
  }

  @Override
  public void close() throws IOException {
    if (explanations != null) {
      explanations.close();
    }
  }
}
