package dev.heliograph.gallery;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heliograph.checkpoint.FileDigest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a build has finished, in a work folder, so that it can go on after it was killed. A chunk
 * counts as finished when its record is there and its files have the digests that the record
 * states; anything else is encoded again.
 */
final class BuildJournal implements Closeable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PLAN = "plan.json";
  private static final String EXPLANATIONS = "explanationsSha256";

  /**
   * A finished chunk.
   *
   * @param rows the features of those that were not skipped, in order
   * @param explanations a file of their explanations, in order, if the plan has any
   */
  record Chunk(ByteBuffer rows, Optional<Path> explanations, List<SkippedImage> skipped) {}

  private final Path folder;
  private final FileChannel lockFile;
  private final Instant startedAt;

  private BuildJournal(Path folder, FileChannel lockFile, Instant startedAt) {
    this.folder = folder;
    this.lockFile = lockFile;
    this.startedAt = startedAt;
  }

  /**
   * Opens the journal of an interrupted build with this plan, or begins one.
   *
   * @param plan everything that the features depend on, by name
   * @param restart whether what was done under another plan is thrown away
   * @throws GalleryException if another build is under way, or another plan was begun
   */
  static BuildJournal open(Path folder, Map<String, String> plan, boolean restart, Instant now)
      throws IOException {
    Files.createDirectories(folder);
    FileChannel lockFile = lock(folder);
    try {
      Path planFile = folder.resolve(PLAN);
      if (Files.exists(planFile)) {
        JsonNode begun = ManifestJson.parse(Files.readAllBytes(planFile));
        Optional<String> difference = difference(begun, plan);
        if (difference.isEmpty()) {
          Instant startedAt = ManifestJson.instant(ManifestJson.text(begun, "startedAt"));
          return new BuildJournal(folder, lockFile, startedAt);
        }
        if (!restart) {
          throw new GalleryException(
              folder
                  + ": an unfinished build had another plan: "
                  + difference.get()
                  + "; finish that one, or restart");
        }
      }
      // Chunks without a plan are what a crash left of an older build.
      discardChunks(folder);
      // Whole seconds: the version's id has no more, and it shall not differ from the manifest.
      Instant startedAt = Instant.ofEpochSecond(now.getEpochSecond());
      DurableFiles.replace(planFile, planJson(plan, startedAt));
      return new BuildJournal(folder, lockFile, startedAt);
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
  }

  Instant startedAt() {
    return startedAt;
  }

  /** A place for the version while it is put together. */
  Path stage() throws IOException {
    Path stage = folder.resolve("version");
    DurableFiles.delete(stage);
    return Files.createDirectory(stage);
  }

  /** A finished chunk, if its record and files are intact. */
  Optional<Chunk> find(int index) throws IOException {
    try {
      JsonNode record = ManifestJson.parse(Files.readAllBytes(recordFile(index)));
      byte[] rows = Files.readAllBytes(rowsFile(index));
      if (!digest(rows).equals(ManifestJson.text(record, "sha256"))) {
        return Optional.empty();
      }
      Optional<Path> explanations = Optional.empty();
      if (record.has(EXPLANATIONS)) {
        Path file = explanationsFile(index);
        explanations = Optional.of(file);
        String stated = ManifestJson.text(record, EXPLANATIONS);
        if (!Files.exists(file) || !FileDigest.sha256(file).equals(stated)) {
          return Optional.empty();
        }
      }
      List<SkippedImage> skipped = ManifestJson.readSkipped(record.path("skipped"));
      return Optional.of(new Chunk(ByteBuffer.wrap(rows), explanations, skipped));
    } catch (NoSuchFileException | GalleryException e) {
      return Optional.empty();
    }
  }

  /**
   * Where a chunk's explanations are written to while it is encoded: they can be too many for
   * memory. The caller closes it; until {@link #save} they do not count.
   */
  DigestedFile writeExplanations(int index) throws IOException {
    return new DigestedFile(explanationsFile(index));
  }

  /**
   * Makes a chunk durable: rows first, then the record that makes them count.
   *
   * @param explanationsSha256 of what was written to {@link #writeExplanations}, which is synced
   */
  void save(int index, byte[] rows, Optional<String> explanationsSha256, List<SkippedImage> skipped)
      throws IOException {
    DurableFiles.replace(rowsFile(index), rows);
    ObjectNode record = JSON.createObjectNode();
    record.put("sha256", digest(rows));
    explanationsSha256.ifPresent(sha256 -> record.put(EXPLANATIONS, sha256));
    record.set("skipped", ManifestJson.skipped(skipped));
    DurableFiles.replace(recordFile(index), record.toString().getBytes(UTF_8));
  }

  /** Deletes the work folder: the build is published, or can lead nowhere. */
  void discard() throws IOException {
    Files.deleteIfExists(folder.resolve(PLAN));
    DurableFiles.delete(folder);
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // held by this very process
    }
    channel.close();
    throw new GalleryException(folder + ": another build of this gallery is under way");
  }

  private static Optional<String> difference(JsonNode begun, Map<String, String> plan) {
    for (Map.Entry<String, String> entry : new TreeMap<>(plan).entrySet()) {
      String then = begun.path(entry.getKey()).asText();
      if (!then.equals(entry.getValue())) {
        return Optional.of(entry.getKey() + " was " + then + " and is " + entry.getValue());
      }
    }
    return Optional.empty();
  }

  private static byte[] planJson(Map<String, String> plan, Instant startedAt) {
    ObjectNode node = JSON.createObjectNode();
    new TreeMap<>(plan).forEach(node::put);
    node.put("startedAt", startedAt.toString());
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree of text is always JSON", e);
    }
  }

  private static void discardChunks(Path folder) throws IOException {
    try (var children = Files.list(folder)) {
      Iterator<Path> all = children.iterator();
      while (all.hasNext()) {
        Path child = all.next();
        if (!child.endsWith("lock")) {
          DurableFiles.delete(child);
        }
      }
    }
  }

  private static String digest(byte[] rows) {
    MessageDigest digest = Sha256.newDigest();
    return Sha256.hex(digest.digest(rows));
  }

  private Path rowsFile(int index) {
    return folder.resolve(String.format("%06d.f32", index));
  }

  private Path explanationsFile(int index) {
    return folder.resolve(String.format("%06d.i16", index));
  }

  private Path recordFile(int index) {
    return folder.resolve(String.format("%06d.json", index));
  }
}
