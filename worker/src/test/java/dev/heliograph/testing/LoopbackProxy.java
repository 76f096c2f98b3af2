package dev.heliograph.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between clients and a server on the loopback address, and harms what goes through as it is
 * told to. A new fault reaches the connections that are open already. Thread-safe.
 */
public final class LoopbackProxy implements AutoCloseable {
  /** What happens to connections. */
  public enum Fault {
    NONE,
    /** Every connection is reset before a byte passes. */
    REFUSE,
    /** Bytes are taken and go nowhere, in both directions. */
    HANG,
    /** The server gets the beginning of what the client sends, then both are reset. */
    CUT_REQUEST,
    /** The server gets everything; its reply is reset after a few bytes. */
    CUT_REPLY,
    /** Each piece waits before it passes. */
    SLOW
  }

  private static final int REQUEST_BYTES_BEFORE_CUT = 6_000;
  private static final int REPLY_BYTES_BEFORE_CUT = 20;
  private static final int PIECE = 4096;
  private static final int SLOW_MILLIS = 20;
  private static final int LOOK_AGAIN_MILLIS = 20;

  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong harmed = new AtomicLong();
  private volatile Fault fault = Fault.NONE;
  private volatile boolean closed;

  private LoopbackProxy(int targetPort) throws IOException {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    this.target = new InetSocketAddress(loopback, targetPort);
    this.listener = new ServerSocket(0, 200, loopback);
    run("accepts", this::accept);
  }

  /** Passes everything on to this port until told otherwise. */
  public static LoopbackProxy to(int targetPort) {
    try {
      return new LoopbackProxy(targetPort);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  public void inject(Fault next) {
    fault = next;
  }

  /** Connections that a fault has ended or kept waiting. */
  public long harmed() {
    return harmed.get();
  }

  @Override
  public void close() {
    closed = true;
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
    while (!closed) {
      try {
        Socket client = listener.accept();
        open.add(client);
        run("connects", () -> connect(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void connect(Socket client) {
    if (fault == Fault.REFUSE) {
      harmed.incrementAndGet();
      reset(client);
      return;
    }
    Socket server = new Socket();
    open.add(server);
    try {
      server.connect(target);
    } catch (IOException e) {
      reset(client);
      reset(server);
      return;
    }
    run("requests", () -> pass(client, server, Fault.CUT_REQUEST, REQUEST_BYTES_BEFORE_CUT));
    run("replies", () -> pass(server, client, Fault.CUT_REPLY, REPLY_BYTES_BEFORE_CUT));
  }

  /** Ends with both sockets closed. */
  private void pass(Socket from, Socket to, Fault cut, int bytesBeforeCut) {
    byte[] piece = new byte[PIECE];
    int untilCut = bytesBeforeCut;
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        waitIfTold();
        if (fault == Fault.REFUSE || (fault == cut && untilCut <= count)) {
          out.write(piece, 0, fault == cut ? untilCut : 0);
          out.flush();
          harmed.incrementAndGet();
          break;
        }
        untilCut = fault == cut ? untilCut - count : bytesBeforeCut;
        out.write(piece, 0, count);
        out.flush();
      }
    } catch (IOException e) {
      // one side went away: so does the other
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    reset(from);
    reset(to);
  }

  private void waitIfTold() throws InterruptedException, IOException {
    if (fault == Fault.SLOW) {
      Thread.sleep(SLOW_MILLIS);
    }
    if (fault == Fault.HANG) {
      harmed.incrementAndGet();
      while (fault == Fault.HANG && !closed) {
        Thread.sleep(LOOK_AGAIN_MILLIS);
      }
      throw new IOException("what hung is not delivered late");
    }
  }

  private void reset(Socket socket) {
    open.remove(socket);
    try {
      if (!closed && fault != Fault.NONE) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    } catch (IOException e) {
      // gone already
    }
  }

  private static void run(String does, Runnable work) {
    Thread thread = new Thread(work, "loopback-proxy-" + does);
    thread.setDaemon(true);
    thread.start();
  }
}
