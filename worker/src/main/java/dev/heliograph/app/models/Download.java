package dev.heliograph.app.models;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file over HTTP into a part file, from where the part file ends if the server can do that.
 * Redirects are followed, but never from HTTPS to HTTP. When it throws, what has arrived stays.
 */
final class Download {
  /**
   * @param timeout to connect, and while no byte arrives
   * @param maxBytes of one file: far over the largest CLIP, so that no server fills the disk
   */
  record Limits(Duration timeout, long maxBytes) {
    static final Limits DEFAULT = new Limits(Duration.ofSeconds(30), 16L << 30);
  }

  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

  private final ModelFetch.Progress progress;
  private final Limits limits;

  Download(ModelFetch.Progress progress, Limits limits) {
    this.progress = progress;
    this.limits = limits;
  }

  void to(Path part, PublishedFile file) throws IOException {
    try (FileChannel out =
            FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lock(out, part)) {
      assert lock.isValid();
      if (file.sha256().isEmpty()) {
        out.truncate(0);
      }
      if (!receive(out, file)) {
        out.truncate(0);
        receive(out, file);
      }
      out.force(true);
    }
  }

  /** False if the part file is not the beginning of what the server has. */
  private boolean receive(FileChannel out, PublishedFile file) throws IOException {
    long start = out.size();
    HttpURLConnection http = (HttpURLConnection) file.url().toURL().openConnection();
    try {
      http.setConnectTimeout((int) limits.timeout().toMillis());
      http.setReadTimeout((int) limits.timeout().toMillis());
      http.setRequestProperty("User-Agent", "heliograph");
      if (start > 0) {
        http.setRequestProperty("Range", "bytes=" + start + "-");
      }
      int status = http.getResponseCode();
      if (status == RANGE_NOT_SATISFIABLE && start > 0) {
        return false;
      }
      if (status == HttpURLConnection.HTTP_PARTIAL && start > 0) {
        requireRangeFrom(start, http);
        copy(http, out, start, file.name());
        return true;
      }
      if (status != HttpURLConnection.HTTP_OK) {
        throw new IOException("the server answers HTTP " + status);
      }
      out.truncate(0);
      copy(http, out, 0, file.name());
      return true;
    } finally {
      http.disconnect();
    }
  }

  private void copy(HttpURLConnection http, FileChannel out, long start, String name)
      throws IOException {
    long announced = http.getContentLengthLong();
    long total = announced < 0 ? -1 : start + announced;
    if (total > limits.maxBytes()) {
      throw tooLarge(total);
    }
    byte[] buffer = new byte[128 * 1024];
    long position = start;
    out.position(start);
    progress.advanced(name, position, total);
    try (InputStream in = http.getInputStream()) {
      int n;
      while ((n = read(in, buffer, position, total)) >= 0) {
        position += n;
        if (position > limits.maxBytes()) {
          throw tooLarge(position);
        }
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        progress.advanced(name, position, total);
      }
    }
  }

  /** JDKs differ in whether a body that ends early is an end or an exception; here it is one. */
  private static int read(InputStream in, byte[] buffer, long position, long total)
      throws IOException {
    try {
      int n = in.read(buffer);
      if (n >= 0 || position >= total) {
        return n;
      }
      throw new EOFException("the connection ended");
    } catch (IOException e) {
      throw new IOException(
          "broke off after %d of %s bytes (%s); fetch again to go on"
              .formatted(position, total < 0 ? "?" : total, e.getMessage()),
          e);
    }
  }

  private static void requireRangeFrom(long start, HttpURLConnection http) throws IOException {
    String range = http.getHeaderField("Content-Range");
    Matcher matcher = CONTENT_RANGE.matcher(range == null ? "" : range);
    if (!matcher.matches() || !matcher.group(1).equals(Long.toString(start))) {
      throw new IOException("the server sends \"" + range + "\", asked for bytes from " + start);
    }
  }

  private IOException tooLarge(long bytes) {
    return new IOException(bytes + " bytes, the limit is " + limits.maxBytes());
  }

  private static FileLock lock(FileChannel channel, Path part) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      throw new IOException(part + " is being written already", e);
    }
    throw new IOException(part + " is being written already");
  }
}
