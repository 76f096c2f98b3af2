package dev.heliograph.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a zip as PyTorch writes it: stored, often with Zip64 records. Every offset is
 * checked when the archive is opened; entries may not overlap, so an archive never holds more than
 * its own size. Checksums are not compared: PyTorch can be told not to write them.
 */
final class ZipArchive {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_SIZE = 22;
  private static final int MAX_COMMENT = 0xffff;
  private static final int ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
  private static final int ZIP64_LOCATOR_SIZE = 20;
  private static final int ZIP64_END_SIGNATURE = 0x06064b50;
  private static final int ZIP64_END_SIZE = 56;
  private static final int CENTRAL_SIGNATURE = 0x02014b50;
  private static final int CENTRAL_SIZE = 46;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int LOCAL_SIZE = 30;
  private static final int ZIP64_EXTRA = 1;
  private static final long MARKER_32 = 0xffffffffL;
  private static final int MARKER_16 = 0xffff;
  private static final int ENCRYPTED = 1;
  private static final int STORED = 0;

  private static final int MAX_ENTRIES = 100_000;
  private static final int MAX_DIRECTORY_BYTES = 64 << 20;

  private final ByteSource file;
  private final Map<String, Entry> entries;

  private ZipArchive(ByteSource file, Map<String, Entry> entries) {
    this.file = file;
    this.entries = entries;
  }

  /**
   * @throws CheckpointException if this is no zip, or one whose parts do not fit together
   */
  static ZipArchive open(ByteSource file) {
    Directory directory = findDirectory(file);
    Map<String, Entry> entries = readDirectory(file, directory);
    checkOverlap(entries.values());
    return new ZipArchive(file, Collections.unmodifiableMap(entries));
  }

  Set<String> names() {
    return entries.keySet();
  }

  /** An entry's bytes, or null if there is none of this name. */
  @Nullable ByteSource find(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      return null;
    }
    if (entry.method != STORED || entry.flags % 2 == ENCRYPTED) {
      throw new CheckpointException(
          "entry " + name + " is compressed or encrypted, torch.save stores entries as they are");
    }
    if (entry.length != entry.uncompressedLength) {
      throw new CheckpointException(
          "entry "
              + name
              + " is stored in "
              + entry.length
              + " bytes but states "
              + entry.uncompressedLength);
    }
    return file.part(entry.start, entry.length);
  }

  private static Directory findDirectory(ByteSource file) {
    int tail = (int) Math.min(file.size(), END_SIZE + MAX_COMMENT);
    long tailStart = file.size() - tail;
    ByteBuffer bytes = file.slice(tailStart, tail);
    for (int at = tail - END_SIZE; at >= 0; at--) {
      if (bytes.getInt(at) == END_SIGNATURE && at + END_SIZE + unsigned16(bytes, at + 20) == tail) {
        Directory small =
            new Directory(
                unsigned16(bytes, at + 10),
                unsigned32(bytes, at + 16),
                unsigned32(bytes, at + 12),
                tailStart + at);
        return checked(zip64(file, small));
      }
    }
    throw new CheckpointException("is no zip archive, or is cut short: no end record");
  }

  private static Directory zip64(ByteSource file, Directory small) {
    long at = small.end - ZIP64_LOCATOR_SIZE;
    if (at < 0) {
      return small;
    }
    ByteBuffer locator = file.slice(at, ZIP64_LOCATOR_SIZE);
    if (locator.getInt(0) != ZIP64_LOCATOR_SIGNATURE) {
      return small;
    }
    long recordAt = locator.getLong(8);
    if (recordAt < 0 || recordAt > at - ZIP64_END_SIZE) {
      throw new CheckpointException("the Zip64 locator points to " + recordAt);
    }
    ByteBuffer record = file.slice(recordAt, ZIP64_END_SIZE);
    if (record.getInt(0) != ZIP64_END_SIGNATURE) {
      throw new CheckpointException("there is no Zip64 end record at " + recordAt);
    }
    Directory large =
        new Directory(record.getLong(32), record.getLong(48), record.getLong(40), recordAt);
    if (!agrees(small.count, MARKER_16, large.count)
        || !agrees(small.start, MARKER_32, large.start)
        || !agrees(small.length, MARKER_32, large.length)) {
      throw new CheckpointException("the zip's two end records disagree");
    }
    return large;
  }

  private static boolean agrees(long small, long marker, long large) {
    return small == marker || small == large;
  }

  private static Directory checked(Directory directory) {
    if (directory.length < 0
        || directory.length > MAX_DIRECTORY_BYTES
        || directory.start < 0
        || directory.start > directory.end - directory.length) {
      throw new CheckpointException(
          "the zip's directory of "
              + directory.length
              + " bytes at "
              + directory.start
              + " does not fit before "
              + directory.end);
    }
    if (directory.count < 0
        || directory.count > Math.min(MAX_ENTRIES, directory.length / CENTRAL_SIZE)) {
      throw new CheckpointException(
          "states " + directory.count + " zip entries, the limit is " + MAX_ENTRIES);
    }
    return directory;
  }

  private static Map<String, Entry> readDirectory(ByteSource file, Directory directory) {
    ByteBuffer bytes = file.slice(directory.start, (int) directory.length);
    Map<String, Entry> entries = new LinkedHashMap<>();
    int at = 0;
    for (long i = 0; i < directory.count; i++) {
      if (at > bytes.limit() - CENTRAL_SIZE || bytes.getInt(at) != CENTRAL_SIGNATURE) {
        throw new CheckpointException("the zip's directory ends at entry " + i);
      }
      int nameLength = unsigned16(bytes, at + 28);
      int extraLength = unsigned16(bytes, at + 30);
      int next = at + CENTRAL_SIZE + nameLength + extraLength + unsigned16(bytes, at + 32);
      if (next > bytes.limit()) {
        throw new CheckpointException("the zip's directory is cut short in entry " + i);
      }
      Entry entry = readEntry(file, directory, bytes.slice(at, next - at).order(bytes.order()));
      if (entries.put(entry.name, entry) != null) {
        throw new CheckpointException("two zip entries are named " + entry.name);
      }
      at = next;
    }
    return entries;
  }

  private static Entry readEntry(ByteSource file, Directory directory, ByteBuffer record) {
    int nameLength = unsigned16(record, 28);
    String name = text(record, CENTRAL_SIZE, nameLength);
    ByteBuffer extra =
        record.slice(CENTRAL_SIZE + nameLength, unsigned16(record, 30)).order(record.order());
    long uncompressed = unsigned32(record, 24);
    long compressed = unsigned32(record, 20);
    long header = unsigned32(record, 42);
    ByteBuffer wide = zip64Extra(extra);
    try {
      uncompressed = uncompressed == MARKER_32 ? wide.getLong() : uncompressed;
      compressed = compressed == MARKER_32 ? wide.getLong() : compressed;
      header = header == MARKER_32 ? wide.getLong() : header;
    } catch (BufferUnderflowException e) {
      throw new CheckpointException("entry " + name + " lacks its Zip64 sizes", e);
    }
    long start = dataStart(file, directory, name, header);
    if (compressed < 0 || compressed > directory.start - start) {
      throw new CheckpointException(
          "entry "
              + name
              + " of "
              + compressed
              + " bytes at "
              + start
              + " reaches beyond the entries, which end at "
              + directory.start);
    }
    return new Entry(
        name,
        unsigned16(record, 8),
        unsigned16(record, 10),
        header,
        start,
        compressed,
        uncompressed);
  }

  /** Where the entry's data begin, which only its local header tells. */
  private static long dataStart(ByteSource file, Directory directory, String name, long header) {
    if (header < 0 || header > directory.start - LOCAL_SIZE) {
      throw new CheckpointException("entry " + name + " has no header at " + header);
    }
    ByteBuffer fixed = file.slice(header, LOCAL_SIZE);
    int nameLength = unsigned16(fixed, 26);
    long start = header + LOCAL_SIZE + nameLength + unsigned16(fixed, 28);
    if (fixed.getInt(0) != LOCAL_SIGNATURE || start > directory.start) {
      throw new CheckpointException("entry " + name + " has no header at " + header);
    }
    String localName = text(file.slice(header + LOCAL_SIZE, nameLength), 0, nameLength);
    if (!localName.equals(name)) {
      throw new CheckpointException("entry " + name + " is named " + localName + " in its header");
    }
    return start;
  }

  private static ByteBuffer zip64Extra(ByteBuffer extra) {
    int at = 0;
    while (at + 4 <= extra.limit()) {
      int length = Math.min(unsigned16(extra, at + 2), extra.limit() - at - 4);
      if (unsigned16(extra, at) == ZIP64_EXTRA) {
        return extra.slice(at + 4, length).order(extra.order());
      }
      at += 4 + length;
    }
    return ByteBuffer.allocate(0);
  }

  private static void checkOverlap(Iterable<Entry> entries) {
    List<Entry> sorted = new ArrayList<>();
    entries.forEach(sorted::add);
    sorted.sort(Comparator.comparingLong(Entry::header));
    long end = 0;
    for (Entry entry : sorted) {
      if (entry.header < end) {
        throw new CheckpointException("entry " + entry.name + " overlaps another");
      }
      end = entry.start + entry.length;
    }
  }

  private static String text(ByteBuffer bytes, int at, int length) {
    byte[] text = new byte[length];
    bytes.get(at, text);
    return new String(text, UTF_8);
  }

  private static int unsigned16(ByteBuffer bytes, int at) {
    return bytes.getShort(at) & 0xffff;
  }

  private static long unsigned32(ByteBuffer bytes, int at) {
    return bytes.getInt(at) & 0xffffffffL;
  }

  /**
   * @param end of what the directory may occupy
   */
  private record Directory(long count, long start, long length, long end) {}

  private record Entry(
      String name,
      int flags,
      int method,
      long header,
      long start,
      long length,
      long uncompressedLength) {}
}
