package dev.heliograph.pipeline;

import java.time.Duration;
import java.util.Objects;

/**
 * Sizes and limits of a pipeline.
 *
 * @param parallelism threads that read, decode, render and store; the device has one of its own
 * @param maxBatch images in one forward pass at most
 * @param linger how long an unfilled batch waits for more queries; zero takes what is queued
 * @param maxImageBytes of an encoded image
 * @param maxImagePixels width × height of an image, from its header
 * @param imageMemory bytes of decoded images, and of files made of them, in memory at once; a
 *     single one that is larger has its turn alone
 * @param fastIngest whether the model sees JPEG files through a reduced decode: several times
 *     faster for large ones, and not quite the same pixels
 */
public record PipelineConfig(
    int parallelism,
    int maxBatch,
    Duration linger,
    long maxImageBytes,
    long maxImagePixels,
    long imageMemory,
    RetryPolicy retry,
    boolean fastIngest) {

  public static final long DEFAULT_MAX_IMAGE_BYTES = 32L << 20;
  public static final long DEFAULT_MAX_IMAGE_PIXELS = 50_000_000;

  private static final long IMAGE_MEMORY_OF_A_THREAD = 96L << 20;

  public PipelineConfig {
    Objects.requireNonNull(linger, "linger");
    Objects.requireNonNull(retry, "retry");
    requirePositive("parallelism", parallelism);
    requirePositive("maxBatch", maxBatch);
    requirePositive("maxImageBytes", maxImageBytes);
    requirePositive("maxImagePixels", maxImagePixels);
    requirePositive("imageMemory", imageMemory);
  }

  /** Sized for this machine: as many threads as processors, batches of 8 images. */
  public static PipelineConfig defaults() {
    int parallelism = Math.max(2, Runtime.getRuntime().availableProcessors());
    return new PipelineConfig(
        parallelism,
        8,
        Duration.ZERO,
        DEFAULT_MAX_IMAGE_BYTES,
        DEFAULT_MAX_IMAGE_PIXELS,
        defaultImageMemory(parallelism),
        RetryPolicy.DEFAULT,
        false);
  }

  /** The same with or without fast ingest. */
  public PipelineConfig withFastIngest(boolean fast) {
    return new PipelineConfig(
        parallelism, maxBatch, linger, maxImageBytes, maxImagePixels, imageMemory, retry, fast);
  }

  /**
   * What so many threads have a use for: each works on one image while another waits to be drawn.
   * At most half of the largest heap.
   */
  public static long defaultImageMemory(int parallelism) {
    return Math.min(Runtime.getRuntime().maxMemory() / 2, parallelism * IMAGE_MEMORY_OF_A_THREAD);
  }

  private static void requirePositive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " is below 1");
    }
  }
}
