package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How much of an image is decoded for whom. */
class ImageIngestTest {
  private static final int SIDE = 4;
  private static final int WIDTH = 64;
  private static final byte[] BYTES = {1};
  private static final Room ROOM = bytes -> {};

  private final List<String> calls = new ArrayList<>();

  @Test
  void decodesWholeUnlessToldOtherwise() {
    LoadedImage image = ingest(false).load(BYTES, ROOM);

    assertEquals(List.of("read", "prepare"), calls);
    assertTrue(image.original().isPresent());
  }

  @Test
  void fastIngestShowsTheModelAReducedImageAndKeepsNoOriginal() {
    LoadedImage image = ingest(true).load(BYTES, ROOM);

    assertEquals(List.of("reduced", "prepareReduced"), calls);
    assertEquals(Optional.empty(), image.original());
    assertEquals(WIDTH, image.width());
    assertEquals(WIDTH, image.pixels().geometry().width());
  }

  @Test
  void anImageToDrawOnIsWholeAlsoThen() {
    LoadedImage drawn = ingest(true).loadToDraw(BYTES, ROOM, original -> false);

    assertEquals(List.of("read"), calls);
    assertEquals(WIDTH, drawn.original().orElseThrow().width());
    assertEquals(Optional.empty(), drawn.seen());
  }

  @Test
  void anImageToDrawOnIsPreparedIfTheModelIsToSeeIt() {
    LoadedImage drawn = ingest(false).loadToDraw(BYTES, ROOM, original -> true);

    assertEquals(List.of("read", "prepare"), calls);
    assertTrue(drawn.seen().isPresent());
  }

  private ImageIngest ingest(boolean fast) {
    return new ImageIngest(
        new Reader(),
        new Preparing(),
        ByteArrays.NEW,
        PipelineConfig.defaults().withFastIngest(fast));
  }

  private final class Reader implements ImageReader {
    @Override
    public long pixels(byte[] bytes, long maxPixels) {
      return WIDTH * WIDTH;
    }

    @Override
    public RgbImage read(byte[] bytes, long maxPixels) {
      calls.add("read");
      return new RgbImage(WIDTH, WIDTH, new byte[3 * WIDTH * WIDTH]);
    }

    @Override
    public ReducedImage readReduced(byte[] bytes, long maxPixels, int side) {
      calls.add("reduced");
      assertEquals(2 * SIDE, side);
      return new ReducedImage(new RgbImage(8, 8, new byte[3 * 8 * 8]), 8, WIDTH, WIDTH);
    }
  }

  private final class Preparing implements Preprocessor {
    @Override
    public ModelPixels prepare(RgbImage image) {
      calls.add("prepare");
      return seen(image.width());
    }

    @Override
    public int reducedSide() {
      return 2 * SIDE;
    }

    @Override
    public ModelPixels prepareReduced(ReducedImage image) {
      calls.add("prepareReduced");
      return seen(image.width());
    }

    private ModelPixels seen(int width) {
      return new ModelPixels(
          new byte[3 * SIDE * SIDE], ImageGeometry.plan(width, width, SIDE, PreprocessType.CLIP));
    }
  }
}
