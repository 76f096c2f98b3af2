package dev.heliograph.inference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.testing.Golden;
import dev.heliograph.testing.NpyArray;
import dev.heliograph.testing.NpzFile;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.StreamSupport;

/** The golden model, its images and their expected numbers. */
final class GoldenModel {
  static final String MODEL = "clip-b32-tiny";
  static final int SIDE = 224;

  private static final NpzFile PIXELS = Golden.arrays("pixels.npz");
  private static final List<String> IMAGES = texts(Golden.expected().path("images"));

  private GoldenModel() {}

  static ClipModelConfig.Builder config() {
    return ClipModelConfig.builder(Golden.path(MODEL))
        .phi(Golden.path("phi-b32-tiny.pt"))
        .evalType(EvalType.SEARLE)
        .device(DeviceChoice.CPU)
        .threads(1);
  }

  /** The towers themselves, block by block; the caller closes them. */
  static ClipModel load() {
    var engine = TorchEngine.start(OptionalInt.of(1));
    return ClipModel.load(config().build(), engine.newBaseManager(), BlockTrunk::of);
  }

  static ClipModel load(Precision precision) {
    var engine = TorchEngine.start(OptionalInt.of(1));
    return ClipModel.load(config().precision(precision).build(), engine.newBaseManager());
  }

  static List<String> images() {
    return IMAGES;
  }

  static int index(String image) {
    return IMAGES.indexOf(image);
  }

  /** Not every image's pixels are stored. */
  static boolean hasPixels(String image) {
    return PIXELS.names().contains("targetpad/" + image);
  }

  static ModelPixels pixels(String image) {
    return new ModelPixels(
        PIXELS.get("targetpad/" + image).bytes(),
        ImageGeometry.plan(SIDE, SIDE, SIDE, PreprocessType.TARGETPAD));
  }

  /** One row of a matrix of {@code expected/}. */
  static float[] row(NpyArray matrix, int row) {
    int width = matrix.shape()[1];
    return Arrays.copyOfRange(matrix.floats(), row * width, (row + 1) * width);
  }

  static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) array.get(i).asDouble();
    }
    return values;
  }

  static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }
}
