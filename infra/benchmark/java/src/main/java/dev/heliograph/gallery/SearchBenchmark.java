package dev.heliograph.gallery;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.heliograph.benchmark.StageBenchmark;
import dev.heliograph.pipeline.Hit;
import dev.heliograph.query.PreprocessType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Exact top-10 of random rows of 512, and beside it how fast the same memory can be read at all. A
 * million rows are 2 GB (1 GB more in half precision), which are written to the temporary folder
 * and mapped from there.
 */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SearchBenchmark extends StageBenchmark {
  private static final int DIMENSION = 512;
  private static final int TOP_K = 10;

  @Param({"30000", "1000000"})
  public int rows;

  @Param({"1", "8"})
  public int queries;

  /** Whether the search reads the features in half precision. */
  @Param({"false", "true"})
  public boolean halves;

  private @Nullable Path folder;
  private @Nullable FeatureRows features;
  private @Nullable ExactSearch search;
  private @Nullable NDManager manager;
  private final List<float[]> wanted = new ArrayList<>();

  @Setup
  public void open() throws IOException {
    Random random = new Random(1);
    Path written = Files.createTempDirectory("heliograph-search-");
    folder = written;
    features = FeatureRows.open(written, write(written, random));
    search = ExactSearch.on("cpu", 0);
    manager = NDManager.newBaseManager("PyTorch");
    for (int q = 0; q < queries; q++) {
      wanted.add(unit(random));
    }
  }

  @Benchmark
  public List<List<Hit>> topK() {
    return Objects.requireNonNull(search, "not set up")
        .search(opened(), wanted, Collections.nCopies(queries, TOP_K));
  }

  /**
   * The sum of all features by PyTorch, with as many threads: reading, and hardly anything else.
   */
  @Benchmark
  public float read() {
    float sum = 0;
    MappedMatrix matrix = opened().exact();
    for (int block = 0; block < matrix.blockCount(); block++) {
      Shape shape = new Shape(matrix.rowsIn(block), DIMENSION);
      try (NDManager scope = Objects.requireNonNull(manager, "not set up").newSubManager();
          NDArray values = scope.create(matrix.block(block), shape, DataType.FLOAT32)) {
        sum += values.sum().getFloat();
      }
    }
    return sum;
  }

  @TearDown
  public void close() throws IOException {
    Objects.requireNonNull(search, "not set up").close();
    Objects.requireNonNull(manager, "not set up").close();
    DurableFiles.delete(Objects.requireNonNull(folder, "not set up"));
  }

  private FeatureRows opened() {
    return Objects.requireNonNull(features, "not set up");
  }

  private GalleryManifest write(Path written, Random random) throws IOException {
    try (GalleryWriter writer = new GalleryWriter(written, DIMENSION, null, halves)) {
      for (int i = 0; i < rows; i++) {
        writer.add("image-" + i, unit(random));
      }
      return writer
          .finish()
          .manifest(
              "search",
              "random",
              Optional.empty(),
              Optional.empty(),
              PreprocessType.TARGETPAD,
              Optional.empty(),
              List.of(),
              Instant.EPOCH,
              "benchmark",
              "random rows");
    }
  }

  private static float[] unit(Random random) {
    float[] values = new float[DIMENSION];
    double squares = 0;
    for (int i = 0; i < DIMENSION; i++) {
      values[i] = random.nextFloat() - 0.5f;
      squares += values[i] * values[i];
    }
    for (int i = 0; i < DIMENSION; i++) {
      values[i] /= (float) Math.sqrt(squares);
    }
    return values;
  }
}
