package dev.heliograph.store;

import dev.heliograph.testing.DockerEngine;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** The store on VersityGW, in a container, as docker-compose.yml has it. */
class ContainerVersityS3ObjectStoreIT extends S3ObjectStoreContract {
  private static final String REGION = "eu-central-1";

  private static GenericContainer<?> server;

  @BeforeAll
  static void start() {
    DockerEngine.require();
    server =
        new GenericContainer<>(
                DockerEngine.image("HELIOGRAPH_TEST_VERSITYGW_IMAGE", "versity/versitygw:v1.8.0"))
            .withEnv("ROOT_ACCESS_KEY", "tester")
            .withEnv("ROOT_SECRET_KEY", "tester-secret")
            .withEnv("VGW_REGION", REGION)
            .withEnv("VGW_HEALTH", "/health")
            .withCommand("posix", "/srv")
            .withExposedPorts(7070)
            .waitingFor(Wait.forHttp("/health"));
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
    URI endpoint = URI.create("http://127.0.0.1:" + server.getMappedPort(7070));
    return S3Config.of(endpoint, REGION, BUCKET, "tester", "tester-secret");
  }
}
