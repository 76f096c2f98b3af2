package dev.heliograph.gallery;

import dev.heliograph.pipeline.ImageSourceException;
import dev.heliograph.pipeline.ImageSourceException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The image files below a folder, sorted by name. Hidden files and folders are left out; links to
 * folders are not followed; links to files are, unless they lead outside the folder.
 */
public final class LocalImageFolder implements ImageFolder {
  private static final Set<String> EXTENSIONS =
      Set.of("jpg", "jpeg", "png", "webp", "tif", "tiff", "bmp", "gif");

  private final Path root;
  private final List<String> names;

  private LocalImageFolder(Path root, List<String> names) {
    this.root = root;
    this.names = names;
  }

  /**
   * Lists the folder, once.
   *
   * @throws GalleryException if there is no such folder, or it cannot be listed
   */
  public static LocalImageFolder open(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new GalleryException(folder + ": is not a folder");
    }
    try {
      Path root = folder.toRealPath();
      List<String> names = new ArrayList<>();
      Files.walkFileTree(root, new Lister(root, names));
      Collections.sort(names);
      return new LocalImageFolder(root, List.copyOf(names));
    } catch (IOException e) {
      throw new GalleryException(folder + ": cannot be listed: " + e, e);
    }
  }

  @Override
  public URI root() {
    return root.toUri();
  }

  @Override
  public List<String> names() {
    return names;
  }

  @Override
  public byte[] read(String name, long maxBytes) {
    Path file = root.resolve(name);
    try {
      if (!file.toRealPath().startsWith(root)) {
        throw new ImageSourceException(Reason.FORBIDDEN, name + ": leads outside of " + root);
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes((int) Math.min(maxBytes + 1, Integer.MAX_VALUE - 8));
        if (bytes.length > maxBytes) {
          throw new ImageSourceException(
              Reason.TOO_LARGE, name + ": is over " + maxBytes + " bytes");
        }
        return bytes;
      }
    } catch (NoSuchFileException e) {
      throw new ImageSourceException(Reason.NOT_FOUND, name + ": no such file", e);
    } catch (AccessDeniedException e) {
      throw new ImageSourceException(Reason.FORBIDDEN, name + ": may not be read", e);
    } catch (IOException e) {
      throw new ImageSourceException(Reason.UNAVAILABLE, name + ": cannot be read: " + e, e);
    }
  }

  private static boolean isImage(String fileName) {
    int dot = fileName.lastIndexOf('.');
    return dot > 0 && EXTENSIONS.contains(fileName.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  private static final class Lister extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<String> names;

    Lister(Path root, List<String> names) {
      this.root = root;
      this.names = names;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      boolean hidden = !folder.equals(root) && folder.getFileName().toString().startsWith(".");
      return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String fileName = file.getFileName().toString();
      boolean isFile = attributes.isRegularFile() || attributes.isSymbolicLink();
      if (isFile && isImage(fileName) && !fileName.startsWith(".")) {
        names.add(root.relativize(file).toString());
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
