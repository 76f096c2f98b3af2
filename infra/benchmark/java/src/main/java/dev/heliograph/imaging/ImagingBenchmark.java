package dev.heliograph.imaging;

import dev.heliograph.benchmark.Inputs;
import dev.heliograph.benchmark.StageBenchmark;
import dev.heliograph.pipeline.ByteArrays;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.RgbImage;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.SaliencyMethod;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.imgcodecs.Imgcodecs;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;

/** Images in and out, of 3016 × 3080 pixels, on one thread. */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ImagingBenchmark extends StageBenchmark {
  private static final int SIDE = 224;
  private static final int PATCHES = 7;
  private static final long MAX_PIXELS = 50_000_000;

  private final OpenCvImageReader reader = new OpenCvImageReader();
  private final ClipPreprocessor preprocessor =
      new ClipPreprocessor(SIDE, PreprocessType.TARGETPAD);
  private final OverlayRenderer renderer = new OverlayRenderer();

  private byte[] jpeg = new byte[0];
  private RgbImage image = new RgbImage(1, 1, new byte[3]);
  private SaliencyMap map =
      new SaliencyMap(
          SaliencyMethod.EXACT,
          1,
          1,
          new float[1],
          ImageGeometry.plan(1, 1, SIDE, PreprocessType.CLIP));
  private RgbImage drawn = new RgbImage(1, 1, new byte[3]);
  private Mat overlay = new Mat();

  @Setup
  public void open() {
    jpeg = Inputs.reference();
    image = reader.read(jpeg, MAX_PIXELS);
    ImageGeometry geometry =
        ImageGeometry.plan(image.width(), image.height(), SIDE, PreprocessType.TARGETPAD);
    Random random = new Random(1);
    float[] grid = new float[PATCHES * PATCHES];
    for (int i = 0; i < grid.length; i++) {
      grid[i] = random.nextFloat();
    }
    map = new SaliencyMap(SaliencyMethod.EXACT, PATCHES, PATCHES, grid, geometry);
    drawn = reader.read(heatmapPng().bytes(), MAX_PIXELS);
    overlay = new Mat(drawn.height(), drawn.width(), CvType.CV_8UC3);
    overlay.put(0, 0, drawn.rgb());
  }

  @Benchmark
  public RgbImage decodeJpeg() {
    return reader.read(jpeg, MAX_PIXELS);
  }

  /** What the model sees by fast ingest, from the file. */
  @Benchmark
  public ModelPixels fastIngest() {
    return preprocessor.prepareReduced(
        reader.readReduced(jpeg, MAX_PIXELS, preprocessor.reducedSide()));
  }

  @Benchmark
  public ModelPixels resize() {
    return preprocessor.prepare(image);
  }

  /** The map at full size, row by row, kept nowhere. */
  @Benchmark
  public void mapRows(Blackhole rows) {
    SaliencyProjection projection = new SaliencyProjection(map);
    float[] blend = projection.newBlend();
    float[] row = new float[projection.width()];
    for (int y = 0; y < projection.height(); y++) {
      projection.row(y, blend, row);
      rows.consume(row);
    }
  }

  /** Map, overlay and PNG. */
  @Benchmark
  public EncodedObject heatmapPng() {
    return renderer.heatmap(image, map, HeatmapFormat.PNG);
  }

  /** PNG alone, of an overlay that is there. */
  @Benchmark
  public EncodedObject png() {
    RgbImage image = drawn;
    int row = 3 * image.width();
    return PngEncoder.encode(
        image.width(),
        image.height(),
        () -> (y, rgb) -> System.arraycopy(image.rgb(), y * row, rgb, 0, row),
        ByteArrays.NEW);
  }

  /** The same by OpenCV, as fast as it can. */
  @Benchmark
  public long pngByOpenCv() {
    MatOfByte file = new MatOfByte();
    try {
      Imgcodecs.imencode(".png", overlay, file);
      return file.total();
    } finally {
      file.release();
    }
  }

  @Benchmark
  public EncodedObject heatmapJpeg() {
    return renderer.heatmap(image, map, HeatmapFormat.JPEG);
  }

  /** Map and NPY. */
  @Benchmark
  public EncodedObject npy() {
    return renderer.array(map, ArrayFormat.NPY);
  }
}
