package dev.heliograph.store;

import dev.heliograph.testing.ServerProcess;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** The store on VersityGW, where its binary is at hand. */
@EnabledIfEnvironmentVariable(
    named = "HELIOGRAPH_TEST_VERSITYGW",
    matches = ".+",
    disabledReason = "HELIOGRAPH_TEST_VERSITYGW does not name a versitygw binary")
class VersityS3ObjectStoreIT extends S3ObjectStoreContract {
  private static final String REGION = "eu-central-1";

  private static ServerProcess server;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    server =
        ServerProcess.start(
            port ->
                List.of(
                    System.getenv("HELIOGRAPH_TEST_VERSITYGW"),
                    "--port",
                    "127.0.0.1:" + port,
                    "--region",
                    REGION,
                    "posix",
                    data.toString()),
            Map.of("ROOT_ACCESS_KEY", "tester", "ROOT_SECRET_KEY", "tester-secret"),
            folder.resolve("log"));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Override
  S3Config config() {
    URI endpoint = URI.create("http://127.0.0.1:" + server.port());
    return S3Config.of(endpoint, REGION, BUCKET, "tester", "tester-secret");
  }
}
