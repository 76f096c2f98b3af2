package dev.heliograph.pipeline;

import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.RgbImage;
import java.util.Optional;
import java.util.function.Predicate;

/** Makes of an encoded image what the model sees, and what is drawn on. Thread-safe. */
final class ImageIngest {
  private final ImageReader reader;
  private final Preprocessor preprocessor;
  private final ByteArrays arrays;
  private final long maxPixels;
  private final boolean fast;

  ImageIngest(
      ImageReader reader, Preprocessor preprocessor, ByteArrays arrays, PipelineConfig config) {
    this.reader = reader;
    this.preprocessor = preprocessor;
    this.arrays = arrays;
    this.maxPixels = config.maxImagePixels();
    this.fast = config.fastIngest();
  }

  /**
   * An image for the model. Fast ingest decodes no more of it than the model's input asks for; its
   * original is then decoded when it is drawn on.
   *
   * @throws UnreadableImageException if the bytes are no image, cut short, or over the limit
   */
  LoadedImage load(byte[] bytes, Room room) {
    return fast ? loadReduced(bytes, room) : loadWhole(read(bytes, room));
  }

  /**
   * An image to draw on, and for the model too if it is wanted.
   *
   * @param forModel whether the model is to see an original like this
   * @throws UnreadableImageException if the bytes are no image, cut short, or over the limit
   */
  LoadedImage loadToDraw(byte[] bytes, Room room, Predicate<RgbImage> forModel) {
    RgbImage original = read(bytes, room);
    return forModel.test(original)
        ? loadWhole(original)
        : LoadedImage.of(original, Optional.empty());
  }

  /**
   * Upright pixels at full size.
   *
   * @throws UnreadableImageException if the bytes are no image, cut short, or over the limit
   */
  RgbImage read(byte[] bytes, Room room) {
    room.require(3 * reader.pixels(bytes, maxPixels));
    return reader.read(bytes, maxPixels);
  }

  /** The EXIF orientation of an image that can be read. */
  int orientation(byte[] bytes) {
    return reader.orientation(bytes);
  }

  private LoadedImage loadWhole(RgbImage original) {
    return LoadedImage.of(original, Optional.of(preprocessor.prepare(original)));
  }

  private LoadedImage loadReduced(byte[] bytes, Room room) {
    // Not known before it is decoded; a reduced image takes a quarter of this at most.
    room.require(3 * reader.pixels(bytes, maxPixels));
    ReducedImage reduced = reader.readReduced(bytes, maxPixels, preprocessor.reducedSide());
    if (reduced.isWhole()) {
      return loadWhole(reduced.pixels());
    }
    ModelPixels seen = preprocessor.prepareReduced(reduced);
    arrays.give(reduced.pixels().rgb());
    return new LoadedImage(Optional.empty(), reduced.width(), reduced.height(), Optional.of(seen));
  }
}
