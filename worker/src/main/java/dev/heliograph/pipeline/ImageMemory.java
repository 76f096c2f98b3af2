package dev.heliograph.pipeline;

import dev.heliograph.query.ImageGeometry;

/**
 * The memory that decoded images, and files made of them, may take: half of it to work in, half to
 * keep images that are needed again.
 *
 * <p>Who works waits until there is room, does one image, and gives the room back without waiting
 * for more in between; so everyone who waits has a turn. Keeping never waits: an image that cannot
 * be kept is read again when it is drawn. Thus nobody holds memory and waits for memory, and
 * nothing can lock up, whatever queries ask for.
 */
final class ImageMemory {
  private final ByteBudget working;
  private final ByteBudget kept;

  ImageMemory(long bytes) {
    this.working = new ByteBudget(Math.max(1, bytes / 2));
    this.kept = new ByteBudget(Math.max(1, bytes - bytes / 2));
  }

  ByteBudget working() {
    return working;
  }

  ByteBudget kept() {
    return kept;
  }

  /** Bytes that are reserved now. */
  long held() {
    return working.held() + kept.held();
  }

  /** Of its original's pixels, kept or not. */
  static long rgb(LoadedImage image) {
    return 3L * image.width() * image.height();
  }

  /** Of pixels as they are decoded. */
  static long rgb(ImageGeometry geometry) {
    return 3 * pixels(geometry);
  }

  static long pixels(ImageGeometry geometry) {
    return (long) geometry.width() * geometry.height();
  }
}
