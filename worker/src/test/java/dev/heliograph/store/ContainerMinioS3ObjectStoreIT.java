package dev.heliograph.store;

import dev.heliograph.testing.DockerEngine;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** The store on MinIO, in a container. */
class ContainerMinioS3ObjectStoreIT extends S3ObjectStoreContract {
  private static GenericContainer<?> server;

  @BeforeAll
  static void start() {
    DockerEngine.require();
    server =
        new GenericContainer<>(
                DockerEngine.image(
                    "HELIOGRAPH_TEST_MINIO_IMAGE", "minio/minio:RELEASE.2025-09-07T16-13-09Z"))
            .withEnv("MINIO_ROOT_USER", "tester")
            .withEnv("MINIO_ROOT_PASSWORD", "tester-secret")
            .withCommand("server", "/data")
            .withExposedPorts(9000)
            .waitingFor(Wait.forHttp("/minio/health/ready"));
    server.start();
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.stop();
    }
  }

  @Override
  S3Config config() {
    URI endpoint = URI.create("http://127.0.0.1:" + server.getMappedPort(9000));
    return S3Config.of(endpoint, "us-east-1", BUCKET, "tester", "tester-secret");
  }
}
