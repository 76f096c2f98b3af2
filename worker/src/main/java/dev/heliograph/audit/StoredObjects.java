package dev.heliograph.audit;

import dev.heliograph.query.Text;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where a query's artifacts and record are read from, for checking. */
@FunctionalInterface
public interface StoredObjects {
  /**
   * Opens an object; the caller closes it.
   *
   * @param uri as a record states it: it may be hostile
   * @return empty if there is no such object
   * @throws IOException if it cannot be told, or not be read
   */
  Optional<InputStream> open(URI uri) throws IOException;

  /**
   * An object's bytes, or the first of them.
   *
   * @return empty if there is no such object
   */
  default Optional<byte[]> read(URI uri, int maxBytes) throws IOException {
    Optional<InputStream> opened = open(uri);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream in = opened.get()) {
      return Optional.of(in.readNBytes(maxBytes));
    }
  }

  /**
   * The records in a query's folder, oldest first, whatever numbers are missing between them. Asks
   * for each name that there may be; what can list its objects does that instead.
   *
   * @param folder ends with a slash
   */
  default List<URI> records(URI folder) throws IOException {
    List<URI> found = new ArrayList<>();
    for (int number = 1; number <= RecordNames.MAX; number++) {
      URI uri = folder.resolve(RecordNames.of(number));
      if (read(uri, 0).isPresent()) {
        found.add(uri);
      }
    }
    return found;
  }

  /** One query's downloaded folder: objects are found by the last part of their key. */
  static StoredObjects ofQueryFolder(Path folder) {
    return uri -> {
      String path = uri.getPath() == null ? "" : uri.getPath();
      return openBelow(folder, path.substring(path.lastIndexOf('/') + 1));
    };
  }

  /** A downloaded bucket: {@code s3://bucket/key} is the file {@code key} below the folder. */
  static StoredObjects ofBucketFolder(Path folder) {
    return uri -> {
      String path = uri.getPath() == null ? "" : uri.getPath();
      return openBelow(folder, path.startsWith("/") ? path.substring(1) : path);
    };
  }

  private static Optional<InputStream> openBelow(Path folder, String name) throws IOException {
    Path root = folder.toRealPath();
    Path file;
    try {
      file = root.resolve(name).normalize();
    } catch (InvalidPathException e) {
      // It may be a name in another locale.
      throw new IOException("\"" + Text.shorten(name) + "\" cannot be a file's name here", e);
    }
    if (!file.startsWith(root) || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    if (!file.toRealPath().startsWith(root)) {
      return Optional.empty(); // by way of a linked folder
    }
    return Optional.of(Files.newInputStream(file));
  }
}
