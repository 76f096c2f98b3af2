package dev.heliograph.store;

import dev.heliograph.app.embedded.EmbeddedObjectStore;
import dev.heliograph.benchmark.StageBenchmark;
import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.Artifact;
import io.minio.MakeBucketArgs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Storing one artifact: an overlay's size and an array's. The S3 server is in the same process and
 * keeps its objects in files, so that its own time is included.
 */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class UploadBenchmark extends StageBenchmark {
  private static final String BUCKET = "artifacts";

  @Param({"12000000", "37157248"})
  public int bytes;

  private @Nullable Path folder;
  private @Nullable EmbeddedObjectStore server;
  private @Nullable S3Connection connection;
  private EncodedObject object = new EncodedObject(new byte[0], "application/octet-stream");

  @Setup
  public void open() throws Exception {
    byte[] content = new byte[bytes];
    new Random(1).nextBytes(content);
    object = new EncodedObject(content, "application/octet-stream");
    folder = Files.createTempDirectory("heliograph-upload-");
    server = EmbeddedObjectStore.inFolder(folder().resolve("server"));
    connection = S3Connection.open(opened(server).config(BUCKET));
    opened(connection).client().makeBucket(MakeBucketArgs.builder().bucket(BUCKET).build());
  }

  @Benchmark
  public Artifact toFolder() {
    return new FolderObjectStore(folder().resolve("files")).put("query/artifact", object);
  }

  @Benchmark
  public Artifact toS3() {
    return new S3ObjectStore(opened(connection)).put("query/artifact", object);
  }

  /** What both have to do besides. */
  @Benchmark
  public String sha256() {
    return Sha256.of(object.array(), object.length()).hex();
  }

  @TearDown
  public void close() throws Exception {
    opened(connection).close();
    opened(server).close();
    try (var files = Files.walk(folder())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private Path folder() {
    return Objects.requireNonNull(folder, "not set up");
  }

  private static <T> T opened(@Nullable T part) {
    return Objects.requireNonNull(part, "not set up");
  }
}
