package dev.heliograph.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on the loopback address that answers as a test tells it to, down to the byte. */
public final class LoopbackServer implements AutoCloseable {
  /** What happens on one connection after its request's head was read. */
  public interface Answer {
    void give(String head, Socket socket) throws IOException;
  }

  private final ServerSocket listener;
  private final Answer answer;
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private LoopbackServer(Answer answer) throws IOException {
    this.answer = answer;
    this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    run("accepts", this::accept);
  }

  public static LoopbackServer start(Answer answer) {
    try {
      return new LoopbackServer(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers every request with these bytes, then closes the connection. */
  public static LoopbackServer replying(String head, byte[] body) {
    return start((request, socket) -> reply(socket, head, body));
  }

  /** Writes a reply; header lines end in CR LF, added here. */
  public static void reply(Socket socket, String head, byte[] body) throws IOException {
    socket
        .getOutputStream()
        .write((head.replace("\n", "\r\n") + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().write(body);
    socket.getOutputStream().flush();
  }

  /** Breaks the connection with a reset, not with an orderly end. */
  public static void cut(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Leaves the client waiting until this server closes. */
  public static void hang(Socket socket) throws IOException {
    try {
      while (socket.getInputStream().read() >= 0) {
        // what the client sends is taken, so that it waits for an answer
      }
    } catch (IOException e) {
      socket.close(); // given up by the client, or closed by the test
    }
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** The requests so far: request line and headers. */
  public List<String> requests() {
    return List.copyOf(heads);
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        run("answers", () -> converse(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void converse(Socket socket) {
    try (socket) {
      String head = readHead(socket.getInputStream());
      if (!head.isEmpty()) {
        heads.add(head);
        answer.give(head, socket);
      }
    } catch (IOException e) {
      // the client went away, which is its right
    } finally {
      open.remove(socket);
    }
  }

  private static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.write(next);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  private void run(String does, Runnable work) {
    Thread thread = new Thread(work, "loopback-server-" + does);
    thread.setDaemon(true);
    thread.start();
  }
}
