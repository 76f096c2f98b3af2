package dev.heliograph.testing;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.testing.LoopbackProxy.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The faults that other tests rely on do what they say. */
class LoopbackProxyTest {
  private static final int LENGTH = 100_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AtomicInteger received = new AtomicInteger();
  private ServerSocket server;
  private LoopbackProxy proxy;

  /** A server that takes so many bytes and then sends as many back. */
  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    proxy = LoopbackProxy.to(server.getLocalPort());
    Thread echo = new Thread(this::echo, "echo");
    echo.setDaemon(true);
    echo.start();
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.close();
  }

  private void echo() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        received.set(0);
        byte[] bytes = new byte[LENGTH];
        int count = 0;
        while (received.get() < LENGTH && count >= 0) {
          count = socket.getInputStream().read(bytes, received.get(), LENGTH - received.get());
          received.addAndGet(Math.max(count, 0));
        }
        socket.getOutputStream().write(bytes);
      } catch (IOException e) {
        // cut, as it should be
      }
    }
  }

  private static byte[] converse(Socket socket) throws IOException {
    byte[] bytes = new byte[LENGTH];
    bytes[LENGTH - 1] = 7;
    socket.getOutputStream().write(bytes);
    byte[] reply = socket.getInputStream().readNBytes(LENGTH);
    if (reply.length < LENGTH) {
      throw new IOException("cut after " + reply.length);
    }
    assertArrayEquals(bytes, reply);
    return reply;
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getByName("127.0.0.1"), proxy.uri().getPort());
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "SLOW"})
  void passesEverythingOn(Fault fault) throws IOException {
    proxy.inject(fault);
    try (Socket socket = connect()) {
      assertEquals(LENGTH, converse(socket).length);
    }
    assertEquals(0, proxy.harmed());
  }

  @ParameterizedTest
  @EnumSource(names = {"REFUSE", "CUT_REQUEST", "CUT_REPLY"})
  void endsTheConversation(Fault fault) throws IOException {
    proxy.inject(fault);
    assertThrows(
        IOException.class,
        () -> {
          try (Socket socket = connect()) {
            converse(socket);
          }
        });
    int most = fault == Fault.CUT_REPLY ? LENGTH : 50_000;
    await().atMost(PATIENCE).until(() -> received.get() <= most && proxy.harmed() > 0);
    assertEquals(fault == Fault.REFUSE, received.get() == 0);

    proxy.inject(Fault.NONE);
    passesEverythingOnAfterwards();
  }

  private void passesEverythingOnAfterwards() throws IOException {
    try (Socket socket = connect()) {
      assertEquals(LENGTH, converse(socket).length);
    }
  }

  @Test
  void hangsAndNeverDelivers() throws IOException {
    proxy.inject(Fault.HANG);
    try (Socket socket = connect()) {
      socket.setSoTimeout(200);
      assertThrows(SocketTimeoutException.class, () -> converse(socket));
      assertEquals(0, received.get());
      assertTrue(proxy.harmed() > 0);
      proxy.inject(Fault.NONE);
      socket.setSoTimeout((int) PATIENCE.toMillis());
      assertTrue(hasEnded(socket));
    }
    assertEquals(0, received.get());
    passesEverythingOnAfterwards();
  }

  private static boolean hasEnded(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException e) {
      return true;
    }
  }
}
