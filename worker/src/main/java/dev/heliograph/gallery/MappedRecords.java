package dev.heliograph.gallery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of records of one length, mapped in segments of whole records. Thread-safe. The mappings
 * end when this object and every buffer of it are unreachable: never under a reader.
 *
 * @param recordBytes of one record
 * @param perSegment records in each segment but the last
 */
record MappedRecords(int recordBytes, int perSegment, List<ByteBuffer> segments) {

  /**
   * @param what the records are called in an error, such as {@code rows of 512}
   * @throws GalleryException if the file is not as long as so many records
   */
  static MappedRecords open(Path file, int count, String what, int recordBytes, int perSegment)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long needed = (long) count * recordBytes;
      if (channel.size() != needed) {
        throw new GalleryException(
            (file + ": has " + channel.size() + " bytes, ")
                + (count + " " + what + " need " + needed));
      }
      List<ByteBuffer> segments = new ArrayList<>();
      for (long record = 0; record < count; record += perSegment) {
        long bytes = Math.min(perSegment, count - record) * recordBytes;
        segments.add(channel.map(FileChannel.MapMode.READ_ONLY, record * recordBytes, bytes));
      }
      return new MappedRecords(recordBytes, perSegment, segments);
    }
  }

  /** All bytes of a segment: direct, read-only, little-endian. */
  ByteBuffer segment(int segment) {
    return segments.get(segment).duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The bytes of a record: direct, read-only, little-endian. */
  ByteBuffer record(int record) {
    return segments
        .get(record / perSegment)
        .slice(record % perSegment * recordBytes, recordBytes)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The digest of all records; reads the whole file. */
  String sha256() {
    MessageDigest digest = Sha256.newDigest();
    segments.forEach(segment -> digest.update(segment.duplicate()));
    return Sha256.hex(digest.digest());
  }
}
