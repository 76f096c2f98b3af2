package dev.heliograph.store;

import dev.heliograph.pipeline.ImageSource;
import dev.heliograph.pipeline.ImageSourceException;
import dev.heliograph.pipeline.ImageSourceException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads a gallery's own images, {@code file:} or {@code s3:}, and only below the roots that
 * galleries have. Links are followed as long as they stay below a root. Thread-safe. Does not
 * retry.
 */
public final class GalleryImageSource implements ImageSource {
  private final Supplier<? extends Collection<URI>> roots;
  private final Optional<S3Connection> connection;

  /**
   * @param roots folders as {@code file:} or {@code s3://bucket/prefix/}; asked at each read, since
   *     galleries come and go
   * @param connection stays its opener's; without one, {@code s3:} is refused
   */
  public GalleryImageSource(
      Supplier<? extends Collection<URI>> roots, Optional<S3Connection> connection) {
    this.roots = roots;
    this.connection = connection;
  }

  /** For roots that do not change. */
  public GalleryImageSource(Collection<URI> roots, Optional<S3Connection> connection) {
    this(constantly(List.copyOf(roots)), connection);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Reasons: FORBIDDEN for anything that is not below a root (also by way of a link), NOT_FOUND
   * (also what is not a plain file), TOO_LARGE, UNAVAILABLE.
   */
  @Override
  public byte[] read(URI uri, long maxBytes) {
    if ("file".equals(uri.getScheme())) {
      return readFile(uri, maxBytes);
    }
    S3Address address = S3Address.parse(uri);
    boolean below =
        roots.get().stream()
            .filter(root -> "s3".equals(root.getScheme()))
            .anyMatch(root -> S3Location.of(root).covers(address));
    if (!below || connection.isEmpty()) {
      throw S3Address.forbidden(uri, "it is not below a gallery's image root");
    }
    return S3ImageSource.read(connection.get(), address, maxBytes);
  }

  private byte[] readFile(URI uri, long maxBytes) {
    // The path behind all links: what is checked is what is opened.
    Path file = resolve(uri);
    if (roots.get().stream().noneMatch(root -> covers(root, file))) {
      throw S3Address.forbidden(uri, "it is not below a gallery's image root");
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new ImageSourceException(Reason.NOT_FOUND, uri + ": is not a file");
    }
    try (InputStream stream = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return BoundedReader.read(stream, Files.size(file), maxBytes, uri.toString());
    } catch (AccessDeniedException e) {
      throw new ImageSourceException(Reason.FORBIDDEN, uri + ": may not be read", e);
    } catch (IOException e) {
      throw new ImageSourceException(Reason.UNAVAILABLE, uri + ": cannot be read: " + e, e);
    }
  }

  private static Path resolve(URI uri) {
    try {
      return path(uri).toRealPath();
    } catch (AccessDeniedException e) {
      throw new ImageSourceException(Reason.FORBIDDEN, uri + ": may not be read", e);
    } catch (IOException e) {
      throw new ImageSourceException(Reason.NOT_FOUND, uri + ": there is no such file: " + e, e);
    }
  }

  private static boolean covers(URI root, Path file) {
    try {
      return "file".equals(root.getScheme()) && file.startsWith(path(root).toRealPath());
    } catch (IOException e) {
      return false; // a root that is not there has nothing below it
    }
  }

  private static Path path(URI uri) {
    try {
      return Path.of(uri);
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      throw S3Address.forbidden(uri, "it names no local file");
    }
  }

  private static Supplier<Collection<URI>> constantly(Collection<URI> roots) {
    return () -> roots;
  }
}
