package dev.heliograph.app.worker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import dev.heliograph.testing.DockerEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A worker in a container of its image, as it should be run: nothing to write to but {@code /tmp},
 * no capabilities. It shares this machine's loopback address with the servers of the test.
 */
final class WorkerContainer implements AutoCloseable {
  private static final int STOP_SECONDS = 60;

  private final GenericContainer<?> container;

  private WorkerContainer(GenericContainer<?> container) {
    this.container = container;
  }

  static DockerImageName image() {
    return DockerEngine.image("HELIOGRAPH_TEST_WORKER_IMAGE", "heliograph:latest");
  }

  /** Returns once it runs, which is before it is healthy. */
  static WorkerContainer start(Map<String, String> flags, List<Path> readable) {
    GenericContainer<?> container =
        new GenericContainer<>(image())
            .withCreateContainerCmdModifier(
                command -> {
                  HostConfig host = command.getHostConfig();
                  host.withNetworkMode("host")
                      .withReadonlyRootfs(true)
                      .withTmpFs(Map.of("/tmp", "exec,mode=1777"))
                      .withCapDrop(Capability.ALL)
                      .withSecurityOpts(List.of("no-new-privileges:true"))
                      .withBinds(
                          readable.stream().map(WorkerContainer::mount).toArray(Bind[]::new));
                });
    flags.forEach((key, value) -> container.withEnv(variable(key), value));
    container.start();
    return new WorkerContainer(container);
  }

  private static Bind mount(Path path) {
    return new Bind(path.toString(), new Volume(path.toString()), AccessMode.ro);
  }

  private static String variable(String key) {
    return "HELIOGRAPH_" + key.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
  }

  boolean isHealthy() {
    return container.isHealthy();
  }

  boolean isRunning() {
    return Boolean.TRUE.equals(inspect().getState().getRunning());
  }

  String log() {
    return container.getLogs();
  }

  /** What a command in the container prints. */
  String run(String... command) throws Exception {
    return container.execInContainer(command).getStdout();
  }

  InspectContainerResponse inspect() {
    return container.getDockerClient().inspectContainerCmd(container.getContainerId()).exec();
  }

  /** As {@code docker kill}. */
  void kill() {
    container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
  }

  /** As {@code docker stop}; returns the exit status. */
  long stop() {
    container
        .getDockerClient()
        .stopContainerCmd(container.getContainerId())
        .withTimeout(STOP_SECONDS)
        .exec();
    return inspect().getState().getExitCodeLong();
  }

  /** The image's size in bytes. */
  long imageSize() {
    return container.getDockerClient().inspectImageCmd(inspect().getImageId()).exec().getSize();
  }

  @Override
  public void close() {
    container.stop();
  }
}
