package dev.heliograph.gallery;

import dev.heliograph.gallery.PreparedImages.Prepared;
import dev.heliograph.pipeline.CompositionModel;
import dev.heliograph.pipeline.ExplainedImage;
import dev.heliograph.pipeline.Thrown;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.QueryFailedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Images encoded by several threads, a bounded number of batches ahead of whoever takes them, in
 * the order of their names. Taken by one thread.
 */
final class EncodedBatches implements AutoCloseable {
  private final CompositionModel model;
  private final @Nullable ExplanationLayout layout;
  private final PreparedImages images;
  private final int batch;
  private final int ahead;
  private final ExecutorService threads;
  private final Queue<Future<List<EncodedImage>>> pending = new ArrayDeque<>();
  private boolean failed;

  /**
   * @param layout of the explanations, or null if there are to be none
   * @param images the caller's, taken by {@link #next}
   */
  EncodedBatches(
      CompositionModel model,
      @Nullable ExplanationLayout layout,
      PreparedImages images,
      GalleryBuilder.Limits limits) {
    this.model = model;
    this.layout = layout;
    this.images = images;
    this.batch = limits.batch();
    this.ahead = limits.encoders() + 1; // no thread waits until a batch is put together
    this.threads =
        Executors.newFixedThreadPool(limits.encoders(), task -> new Thread(task, "gallery-encode"));
  }

  /**
   * The next batch; there must be one. Only the last may be smaller. What the model throws is
   * thrown here, for the first batch that fails.
   *
   * @throws GalleryException if one of its images cannot be had for now
   */
  List<EncodedImage> next() throws InterruptedException {
    while (pending.size() < ahead && images.hasNext() && !failed) {
      pending.add(start());
    }
    try {
      return pending.remove().get();
    } catch (ExecutionException e) {
      throw Thrown.by(e);
    }
  }

  /** An image that cannot be had fails its own batch, not those before it. */
  private Future<List<EncodedImage>> start() throws InterruptedException {
    try {
      List<Prepared> prepared = new ArrayList<>();
      while (prepared.size() < batch && images.hasNext()) {
        prepared.add(images.next());
      }
      return threads.submit(() -> encode(prepared));
    } catch (GalleryException e) {
      failed = true;
      return CompletableFuture.failedFuture(e);
    }
  }

  private List<EncodedImage> encode(List<Prepared> prepared) {
    List<Prepared> usable = prepared.stream().filter(Prepared::isUsable).toList();
    Iterator<EncodedImage> encoded =
        (usable.isEmpty() ? List.<EncodedImage>of() : encodeUsable(usable)).iterator();
    return prepared.stream()
        .map(
            image ->
                image.isUsable()
                    ? encoded.next()
                    : EncodedImage.leftOut(image.name(), image.objection()))
        .toList();
  }

  private List<EncodedImage> encodeUsable(List<Prepared> images) {
    List<ModelPixels> pixels = images.stream().map(image -> image.pixels().orElseThrow()).toList();
    List<EncodedImage> encoded = new ArrayList<>();
    if (layout == null) {
      List<float[]> features = inParts(pixels, model::encode);
      for (int i = 0; i < features.size(); i++) {
        encoded.add(EncodedImage.of(images.get(i).name(), features.get(i)));
      }
    } else {
      List<ExplainedImage> explained = inParts(pixels, model::encodeExplained);
      for (int i = 0; i < explained.size(); i++) {
        ImageGeometry geometry = pixels.get(i).geometry();
        encoded.add(EncodedImage.of(images.get(i).name(), explained.get(i), geometry, layout));
      }
    }
    return encoded;
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

  /** Returns when no thread uses the model any more, interrupted or not. */
  @Override
  public void close() {
    threads.shutdownNow();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
