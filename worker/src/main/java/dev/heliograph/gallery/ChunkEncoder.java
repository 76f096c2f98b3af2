package dev.heliograph.gallery;

import dev.heliograph.pipeline.CompositionModel;
import dev.heliograph.pipeline.ExplainedImage;
import dev.heliograph.pipeline.PatchTangents;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.QueryFailedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns the images of one chunk into rows and explanations, a batch at a time. */
final class ChunkEncoder implements Closeable {
  private static final double UNIT_TOLERANCE = 1e-3;

  private final CompositionModel model;
  private final BuildJournal journal;
  private final int chunk;
  private final @Nullable ExplanationLayout layout;
  private final @Nullable DigestedFile explanations;
  private final List<PreparedImages.Prepared> batch = new ArrayList<>();
  private final List<SkippedImage> skipped = new ArrayList<>();
  private final List<float[]> features = new ArrayList<>();

  private ChunkEncoder(
      CompositionModel model,
      BuildJournal journal,
      int chunk,
      @Nullable ExplanationLayout layout,
      @Nullable DigestedFile explanations) {
    this.model = model;
    this.journal = journal;
    this.chunk = chunk;
    this.layout = layout;
    this.explanations = explanations;
  }

  /**
   * @param layout of the explanations, or null if there are to be none
   */
  static ChunkEncoder open(
      CompositionModel model, BuildJournal journal, int chunk, @Nullable ExplanationLayout layout)
      throws IOException {
    DigestedFile explanations = layout == null ? null : journal.writeExplanations(chunk);
    return new ChunkEncoder(model, journal, chunk, layout, explanations);
  }

  /** An image with its feature, and its tangents if they are wanted. */
  private record Encoded(float[] feature, Optional<PatchTangents> tangents) {
    String objection() {
      if (!isUnit(feature)) {
        return "its feature is not of unit length";
      }
      boolean finite = tangents.map(t -> isFinite(t.values())).orElse(true);
      return finite ? "" : "its explanation is not finite";
    }
  }

  void add(PreparedImages.Prepared image) {
    if (image.pixels().isPresent()) {
      batch.add(image);
    } else {
      skipped.add(new SkippedImage(image.name(), image.objection()));
    }
  }

  /** Encodes what was added since the last time. */
  void flush() throws IOException {
    List<ModelPixels> pixels = batch.stream().map(image -> image.pixels().orElseThrow()).toList();
    List<Encoded> encoded = pixels.isEmpty() ? List.of() : encode(pixels);
    for (int i = 0; i < encoded.size(); i++) {
      String objection = encoded.get(i).objection();
      if (objection.isEmpty()) {
        keep(encoded.get(i), pixels.get(i).geometry());
      } else {
        skipped.add(new SkippedImage(batch.get(i).name(), objection));
      }
    }
    batch.clear();
  }

  private void keep(Encoded image, ImageGeometry geometry) throws IOException {
    features.add(image.feature());
    if (layout != null && explanations != null) {
      explanations.write(layout.encode(geometry, image.tangents().orElseThrow()));
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
    int dimension = model.description().dimension();
    ByteBuffer rows =
        ByteBuffer.allocate(features.size() * dimension * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float[] feature : features) {
      rows.asFloatBuffer().put(feature);
      rows.position(rows.position() + feature.length * Float.BYTES);
    }
    return rows.array();
  }

  private List<Encoded> encode(List<ModelPixels> pixels) {
    if (layout == null) {
      return inParts(pixels, model::encode).stream()
          .map(feature -> new Encoded(feature, Optional.empty()))
          .toList();
    }
    List<ExplainedImage> images = inParts(pixels, model::encodeExplained);
    return images.stream()
        .map(image -> new Encoded(image.feature(), Optional.of(image.tangents())))
        .toList();
  }

  /** Halves the batch for as long as the device has no memory for it. */
  private static <T> List<T> inParts(
      List<ModelPixels> pixels, Function<List<ModelPixels>, List<T>> encode) {
    try {
      return encode.apply(pixels);
    } catch (QueryFailedException e) {
      if (e.code() != FailureCode.DEVICE_OUT_OF_MEMORY || pixels.size() == 1) {
        throw e;
      }
      int half = pixels.size() / 2;
      List<T> encoded = new ArrayList<>(inParts(pixels.subList(0, half), encode));
      encoded.addAll(inParts(pixels.subList(half, pixels.size()), encode));
      return encoded;
    }
  }

  private static boolean isUnit(float[] feature) {
    double squares = 0;
    for (float value : feature) {
      squares += (double) value * value;
    }
    return Math.abs(Math.sqrt(squares) - 1) <= UNIT_TOLERANCE;
  }

  private static boolean isFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    if (explanations != null) {
      explanations.close();
    }
  }
}
