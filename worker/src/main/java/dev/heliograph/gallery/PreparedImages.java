package dev.heliograph.gallery;

import dev.heliograph.pipeline.ImageReader;
import dev.heliograph.pipeline.ImageSourceException;
import dev.heliograph.pipeline.Preprocessor;
import dev.heliograph.pipeline.UnreadableImageException;
import dev.heliograph.query.ModelPixels;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Images read, decoded and preprocessed by several threads, a bounded number ahead of whoever takes
 * them, in the order of their names. Taken by one thread.
 */
final class PreparedImages implements AutoCloseable {
  private final Iterator<String> names;
  private final int ahead;
  private final ImageFolder folder;
  private final ImageReader reader;
  private final Preprocessor preprocessor;
  private final long maxBytes;
  private final long maxPixels;
  private final ExecutorService threads;
  private final Queue<Future<Prepared>> pending = new ArrayDeque<>();

  /**
   * @param pixels empty if the image is left out
   * @param objection why it is left out
   */
  record Prepared(String name, Optional<ModelPixels> pixels, String objection) {
    boolean isUsable() {
      return pixels.isPresent();
    }
  }

  PreparedImages(
      Iterator<String> names,
      ImageFolder folder,
      ImageReader reader,
      Preprocessor preprocessor,
      GalleryBuilder.Limits limits) {
    this.names = names;
    this.folder = folder;
    this.reader = reader;
    this.preprocessor = preprocessor;
    this.maxBytes = limits.maxBytes();
    this.maxPixels = limits.maxPixels();
    this.ahead = Math.max(limits.decoders() + 1, (limits.encoders() + 1) * limits.batch());
    this.threads =
        Executors.newFixedThreadPool(
            limits.decoders(),
            task -> {
              Thread thread = new Thread(task, "gallery-decode");
              thread.setDaemon(true);
              return thread;
            });
  }

  boolean hasNext() {
    return names.hasNext() || !pending.isEmpty();
  }

  /**
   * The next image; there must be one.
   *
   * @throws GalleryException if it cannot be had for now
   */
  Prepared next() throws InterruptedException {
    while (pending.size() < ahead && names.hasNext()) {
      String name = names.next();
      pending.add(threads.submit(() -> prepare(name)));
    }
    try {
      return pending.remove().get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof ImageSourceException unavailable) {
        throw new GalleryException(
            "the build stopped and can be resumed: " + unavailable.getMessage(), unavailable);
      }
      if (cause instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException("preparing an image failed", cause);
    }
  }

  private Prepared prepare(String name) {
    String objection = GalleryWriter.objection(name);
    if (!objection.isEmpty()) {
      return new Prepared(name, Optional.empty(), objection);
    }
    try {
      byte[] bytes = folder.read(name, maxBytes);
      ModelPixels pixels = preprocessor.prepare(reader.read(bytes, maxPixels));
      return new Prepared(name, Optional.of(pixels), "");
    } catch (UnreadableImageException e) {
      return new Prepared(name, Optional.empty(), String.valueOf(e.getMessage()));
    } catch (ImageSourceException e) {
      if (e.reason() == ImageSourceException.Reason.UNAVAILABLE) {
        throw e;
      }
      return new Prepared(name, Optional.empty(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
