package dev.heliograph.testing;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.DockerImageName;

/**
 * Where tests with containers find an engine. The build says what its absence means: {@code
 * heliograph.test.containers} is auto (the test is reported as skipped), required (it fails) or off
 * (skipped even if there is one).
 */
public final class DockerEngine {
  private static final String MODE = System.getProperty("heliograph.test.containers", "auto");
  private static final String SERVERS = System.getProperty("heliograph.test.servers", "embedded");

  private DockerEngine() {}

  /** Whether this run is the one against containers. */
  public static boolean chosen() {
    return SERVERS.equals("containers");
  }

  /** Ends the test as skipped, or as failed, where there is none. */
  public static void require() {
    if (MODE.equals("off")) {
      abort("no containers: heliograph.test.containers is off");
    }
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      String problem = "no Docker engine answers: tests with containers do not run";
      if (MODE.equals("required")) {
        fail(problem);
      }
      abort(problem);
    }
  }

  /** The image that the variable names, in place of the published one that it behaves like. */
  public static DockerImageName image(String variable, String published) {
    String named = System.getenv(variable);
    return DockerImageName.parse(named == null || named.isBlank() ? published : named)
        .asCompatibleSubstituteFor(published.substring(0, published.indexOf(':')));
  }
}
