package dev.heliograph.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.demo.picture.Jpeg;
import dev.heliograph.inference.DeviceChoice;
import dev.heliograph.pipeline.ArrayPool;
import dev.heliograph.pipeline.ByteArrays;
import dev.heliograph.pipeline.PipelineConfig;
import dev.heliograph.query.Answer;
import dev.heliograph.query.Query;
import dev.heliograph.query.RgbImage;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import dev.heliograph.testing.ShapesGallery;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image reader, the renderer and the pipeline of an engine have their arrays from one pool. */
class SharedArraysTest {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 360;
  private static final int DECODED = 3 * WIDTH * HEIGHT;

  /** NPY: its header, and a float per pixel. */
  private static final int ARRAY = 128 + 4 * WIDTH * HEIGHT;

  @TempDir private Path folder;

  @Test
  void whatOneQueryTookTheNextOneTakesAgain() throws Exception {
    Path images = ShapesGallery.draw(folder.resolve("images"), 1);
    List<WatchedPool> pools = new ArrayList<>();
    try (Heliograph heliograph =
        Heliograph.builder(ShapesGallery.MODEL, ShapesGallery.MODEL.resolve("phi.pt"))
            .galleries(ShapesGallery.build(folder.resolve("galleries"), "shapes", images))
            .device(DeviceChoice.CPU)
            .saveTo(folder.resolve("saved"))
            .arrays(
                capacity -> {
                  assertEquals(PipelineConfig.defaults().imageMemory() / 2, capacity);
                  pools.add(new WatchedPool(capacity));
                  return pools.get(0);
                })
            .open()) {
      explain(heliograph, "first");
      assertEquals(1, pools.size());
      WatchedPool pool = pools.get(0);
      assertEquals(1, pool.taken(DECODED), "the reference, by the reader");
      assertEquals(1, pool.taken(ARRAY), "its array, by the renderer");
      assertEquals(0, pool.out(), "the pipeline gives all of them back");

      explain(heliograph, "second");
      assertEquals(1, pool.takenAgain(DECODED), "one that was given before");
      assertEquals(1, pool.takenAgain(ARRAY), "one that was given before");
      assertEquals(0, pool.out());
    }
  }

  private static void explain(Heliograph heliograph, String id) {
    Answer answer =
        heliograph.answer(
            Query.builder(id)
                .gallery("shapes")
                .reference(reference(), Jpeg.MEDIA_TYPE)
                .captions("is blue")
                .topK(1)
                .saliency(new SaliencyRequest(true, 0, SaliencyMethod.EXACT))
                .build());
    assertTrue(answer.referenceSaliency().orElseThrow().array().isPresent());
  }

  private static byte[] reference() {
    byte[] rgb = new byte[DECODED];
    Arrays.fill(rgb, (byte) 200);
    return Jpeg.encode(new RgbImage(WIDTH, HEIGHT, rgb), 0.9f);
  }

  /** A pool that knows what is out of it. */
  private static final class WatchedPool implements ByteArrays {
    private final ArrayPool pool;
    private final List<Integer> asked = new ArrayList<>();
    private final Set<byte[]> out = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<byte[]> given = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Integer> again = new ArrayList<>();

    WatchedPool(long capacity) {
      this.pool = new ArrayPool(capacity);
    }

    @Override
    public synchronized byte[] take(int length) {
      byte[] array = pool.take(length);
      asked.add(length);
      out.add(array);
      if (given.contains(array)) {
        again.add(length);
      }
      return array;
    }

    @Override
    public synchronized void give(byte[] array) {
      if (out.remove(array)) {
        given.add(array);
      }
      pool.give(array);
    }

    synchronized int taken(int length) {
      return Collections.frequency(asked, length);
    }

    /** How many of those had been given before. */
    synchronized int takenAgain(int length) {
      return Collections.frequency(again, length);
    }

    synchronized int out() {
      return out.size();
    }
  }
}
