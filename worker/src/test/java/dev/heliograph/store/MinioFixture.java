package dev.heliograph.store;

import dev.heliograph.testing.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A MinIO of its own for a test class, where {@code HELIOGRAPH_TEST_MINIO} names its binary. */
public final class MinioFixture implements AutoCloseable {
  public static final String BINARY = "HELIOGRAPH_TEST_MINIO";

  private final ServerProcess server;

  private MinioFixture(ServerProcess server) {
    this.server = server;
  }

  public static MinioFixture start(Path folder) throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    return new MinioFixture(
        ServerProcess.start(
            port ->
                List.of(
                    System.getenv(BINARY),
                    "server",
                    "--address",
                    "127.0.0.1:" + port,
                    data.toString()),
            Map.of("MINIO_ROOT_USER", "tester", "MINIO_ROOT_PASSWORD", "tester-secret"),
            folder.resolve("log")));
  }

  public S3Config config(String bucket) {
    URI endpoint = URI.create("http://127.0.0.1:" + server.port());
    return S3Config.of(endpoint, "us-east-1", bucket, "tester", "tester-secret");
  }

  @Override
  public void close() {
    server.close();
  }
}
