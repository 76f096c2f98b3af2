package dev.heliograph.store;

import static org.awaitility.Awaitility.await;

import dev.heliograph.testing.ServerProcess;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    ServerProcess server =
        ServerProcess.start(
            port ->
                List.of(
                    System.getenv(BINARY),
                    "server",
                    "--address",
                    "127.0.0.1:" + port,
                    data.toString()),
            Map.of("MINIO_ROOT_USER", "tester", "MINIO_ROOT_PASSWORD", "tester-secret"),
            folder.resolve("log"));
    await().atMost(Duration.ofSeconds(30)).until(() -> isInitialised(server));
    return new MinioFixture(server);
  }

  /** It accepts connections before: then it answers that it is not available. */
  private static boolean isInitialised(ServerProcess server) throws IOException {
    URI address = URI.create("http://127.0.0.1:" + server.port() + "/");
    HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
    return connection.getResponseCode() != HttpURLConnection.HTTP_UNAVAILABLE;
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
