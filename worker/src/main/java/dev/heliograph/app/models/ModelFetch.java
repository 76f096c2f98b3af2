package dev.heliograph.app.models;

import dev.heliograph.checkpoint.CheckpointException;
import dev.heliograph.checkpoint.FileDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Gets a published model into a folder. A file appears under its name whole and checked, or not at
 * all; until then it is {@code name.part} beside it. A download that broke off goes on where it
 * stopped when it is asked for again, provided its digest is known: without one, nobody would
 * notice that two versions were joined. Files that are there already are checked, and never
 * overwritten. Retries nothing by itself.
 */
public final class ModelFetch {
  /** Hears of each file's progress, often; called by the thread that fetches. */
  public interface Progress {
    /**
     * @param total size of the file, or -1 if the server does not say
     */
    void advanced(String file, long bytes, long total);
  }

  private final Download download;

  public ModelFetch(Progress progress) {
    this(new Download(progress, Download.Limits.DEFAULT));
  }

  ModelFetch(Download download) {
    this.download = download;
  }

  /**
   * Fetches what is missing, in the model's order.
   *
   * @param folder created if absent
   * @param digests file name → sha256 in hex that the file must have, whatever the table says
   * @param acceptUnverified whether a file may be installed that nothing is known of beforehand
   * @return one for each of the model's files, in order
   * @throws ModelFetchException if a file cannot be had, is not what it should be, or has no known
   *     digest and may not be taken without; files before it stay
   */
  public List<FetchedFile> fetch(
      PublishedModel model, Path folder, Map<String, String> digests, boolean acceptUnverified) {
    List<PublishedFile> files = withDigests(model, digests);
    for (PublishedFile file : files) {
      if (file.sha256().isEmpty() && !acceptUnverified) {
        throw new ModelFetchException(
            file.name() + ": its sha256 is not known; state it, or accept what comes", null);
      }
    }
    List<FetchedFile> fetched = new ArrayList<>();
    for (PublishedFile file : files) {
      try {
        Files.createDirectories(folder);
        fetched.add(fetch(file, folder.resolve(file.name())));
      } catch (IOException | CheckpointException e) {
        throw new ModelFetchException(file.name() + " from " + file.url() + ": " + line(e), e);
      }
    }
    return fetched;
  }

  private FetchedFile fetch(PublishedFile file, Path target) throws IOException {
    boolean absent = !Files.exists(target);
    String sha256;
    if (absent) {
      Path part = target.resolveSibling(file.name() + ".part");
      download.to(part, file);
      sha256 = requireExpected(file, part, true);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } else {
      sha256 = requireExpected(file, target, false);
    }
    return new FetchedFile(target, sha256, Files.size(target), file.sha256().isPresent(), absent);
  }

  /** A wrong download is deleted, or it would be resumed for ever; a user's file is left alone. */
  private static String requireExpected(PublishedFile file, Path path, boolean deleteIfWrong)
      throws IOException {
    String found = FileDigest.sha256(path);
    String expected = file.sha256().orElse(found);
    if (!found.equals(expected)) {
      if (deleteIfWrong) {
        Files.delete(path);
      }
      throw new ModelFetchException(
          (deleteIfWrong ? file.url() : path)
              + ": sha256 is "
              + found
              + ", expected "
              + expected
              + (deleteIfWrong ? "; nothing was installed" : "; move the file away first"),
          null);
    }
    return found;
  }

  private static List<PublishedFile> withDigests(
      PublishedModel model, Map<String, String> digests) {
    List<PublishedFile> files = new ArrayList<>();
    for (PublishedFile file : model.files()) {
      String stated = digests.get(file.name());
      files.add(stated == null ? file : file.withSha256(stated.toLowerCase(Locale.ROOT)));
    }
    for (String name : digests.keySet()) {
      if (files.stream().noneMatch(file -> file.name().equals(name))) {
        throw new IllegalArgumentException(
            "sha256 of " + name + ": " + model.name() + " has no such file");
      }
    }
    return files;
  }

  private static String line(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
