package dev.heliograph.gallery;

import dev.heliograph.benchmark.StageBenchmark;
import dev.heliograph.pipeline.PatchTangents;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.SaliencyMap;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The saliency maps of one query's ten results from a gallery's index of ViT-B/32: 7 × 7 patches of
 * 512 numbers. The images change with every query; their pages are in memory.
 */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ExplanationBenchmark extends StageBenchmark {
  private static final int IMAGES = 4000;
  private static final int RESULTS = 10;
  private static final int DIMENSION = 512;
  private static final ExplanationLayout LAYOUT = new ExplanationLayout(7, 7, 224, DIMENSION);

  private final Random random = new Random(1);
  private final float[] query = numbers(DIMENSION);
  private @Nullable Path file;
  private @Nullable ExplanationTable table;

  @Setup
  public void open() throws IOException {
    Path written = Files.createTempFile("heliograph-explanations-", ".i16");
    file = written;
    ImageGeometry geometry = ImageGeometry.plan(1000, 1000, 224, PreprocessType.TARGETPAD);
    try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
      for (int i = 0; i < IMAGES; i++) {
        float[] tangents = numbers(LAYOUT.patches() * DIMENSION);
        channel.write(LAYOUT.encode(geometry, new PatchTangents(7, 7, tangents)));
      }
    }
    table = ExplanationTable.open(written, IMAGES, LAYOUT, PreprocessType.TARGETPAD);
  }

  @Benchmark
  public List<Optional<SaliencyMap>> tenMaps() {
    List<Optional<SaliencyMap>> maps = new ArrayList<>();
    for (int i = 0; i < RESULTS; i++) {
      int image = random.nextInt(IMAGES);
      maps.add(Objects.requireNonNull(table, "not set up").map(image, query));
    }
    return maps;
  }

  @TearDown
  public void close() throws IOException {
    Files.deleteIfExists(Objects.requireNonNull(file, "not set up"));
  }

  private float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextFloat() - 0.5f;
    }
    return numbers;
  }
}
