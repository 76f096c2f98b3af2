package dev.heliograph.app.worker;

import static org.awaitility.Awaitility.await;

import dev.heliograph.app.embedded.EmbeddedBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A broker in a process of its own, which can be stopped or killed, and goes on at the same address
 * with the same data when it is started again.
 */
final class BrokerProcess implements AutoCloseable {
  /** Below those that the system gives to outgoing connections, so that the port stays free. */
  private static final int FIRST_PORT = 20_000;

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Path folder;
  private final int port;
  private final int controllerPort;
  private Process process;
  private int starts;

  private BrokerProcess(Path folder, int port, int controllerPort) {
    this.folder = folder;
    this.port = port;
    this.controllerPort = controllerPort;
  }

  /** Returns once clients can connect. */
  static BrokerProcess start(Path folder) throws IOException {
    int port = freePortFrom(FIRST_PORT + (int) (ProcessHandle.current().pid() % 5000) * 2);
    BrokerProcess broker =
        new BrokerProcess(Files.createDirectories(folder), port, freePortFrom(port + 1));
    broker.startAgain();
    return broker;
  }

  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Returns once clients can connect. */
  void startAgain() {
    try {
      process =
          JavaProcess.start(
              List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
              BrokerProcess.class,
              List.of(folder.toString(), Integer.toString(port), Integer.toString(controllerPort)),
              Map.of(),
              folder.resolve("broker-" + ++starts + ".log"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    await().atMost(PATIENCE).until(this::accepts);
  }

  /** As kill -9 does. */
  void kill() {
    end(process.destroyForcibly());
  }

  /** As SIGTERM does: what is in memory is written. */
  void stop() {
    process.destroy();
    end(process);
  }

  @Override
  public void close() {
    kill();
  }

  private static void end(Process process) {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the broker does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private boolean accepts() {
    if (!process.isAlive()) {
      throw new AssertionError("the broker ended with " + process.exitValue());
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePortFrom(int first) {
    for (int port = first; ; port++) {
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // taken
      }
    }
  }

  /** The process: a broker until it is told to stop. */
  public static void main(String[] arguments) throws InterruptedException {
    EmbeddedBroker broker =
        EmbeddedBroker.inFolder(
            Path.of(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
    Thread.currentThread().join();
  }
}
