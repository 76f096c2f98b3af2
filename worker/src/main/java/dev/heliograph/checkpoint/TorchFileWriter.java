package dev.heliograph.checkpoint;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a file that {@code torch.load(…, weights_only=True)} accepts. The bytes depend on the
 * values and the file's name alone. Tensors start at multiples of 64 bytes, as PyTorch's own do.
 */
public final class TorchFileWriter {
  private static final int ALIGNMENT = 64;
  private static final int LOCAL_HEADER = 30;
  private static final int EXTRA_HEADER = 4;

  /** "FB": what PyTorch pads with. */
  private static final short PADDING_TAG = 0x4246;

  /** Not 1980-01-01: the JDK takes that for a date it must spell out in an extra field. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private static final int PIECE_BYTES = 1 << 26;

  private final String folder;
  private final CountingStream counter;
  private final ZipOutputStream zip;

  private TorchFileWriter(String folder, CountingStream counter) {
    this.folder = folder;
    this.counter = counter;
    this.zip = new ZipOutputStream(counter);
    zip.setMethod(ZipOutputStream.STORED);
  }

  /**
   * Writes a dict. A file of that name is replaced when the new one is complete.
   *
   * @param values of Map, List, String, Long, Integer, Double, Boolean, {@link Tensor} and null
   * @throws CheckpointException if a value is of another type
   * @throws IOException if the file cannot be written; then there is none, or the old one
   */
  public static void write(Path file, Map<String, ?> values) throws IOException {
    PickleWriter pickle = new PickleWriter();
    byte[] program = pickle.write(values);
    Path target = file.toAbsolutePath();
    Path partial = target.resolveSibling("." + target.getFileName() + ".part");
    try {
      String stem = target.getFileName().toString().replaceFirst("\\.[^.]*$", "");
      try (CountingStream out = new CountingStream(Files.newOutputStream(partial))) {
        new TorchFileWriter(stem.isEmpty() ? "archive" : stem, out).write(program, pickle);
      }
      Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private void write(byte[] program, PickleWriter pickle) throws IOException {
    put("data.pkl", program);
    put("byteorder", "little".getBytes(US_ASCII));
    int index = 0;
    for (Tensor tensor : pickle.storages()) {
      put("data/" + index++, tensor);
    }
    put("version", "3\n".getBytes(US_ASCII));
    zip.finish();
  }

  private void put(String name, byte[] bytes) throws IOException {
    put(name, Tensor.of(DataType.UINT8, new long[] {bytes.length}, ByteBuffer.wrap(bytes)));
  }

  private void put(String name, Tensor tensor) throws IOException {
    ZipEntry entry = new ZipEntry(folder + "/" + name);
    entry.setTimeLocal(TIME);
    entry.setSize(tensor.elements() * tensor.type().bytes());
    entry.setCrc(checksum(tensor));
    zip.flush();
    int header = LOCAL_HEADER + entry.getName().getBytes(UTF_8).length;
    entry.setExtra(padding(counter.count + header));
    zip.putNextEntry(entry);
    WritableByteChannel channel = Channels.newChannel(zip);
    for (ByteBuffer piece : pieces(tensor)) {
      channel.write(piece);
    }
    zip.closeEntry();
  }

  private static byte[] padding(long position) {
    int bytes = (int) Math.floorMod(-(position + EXTRA_HEADER), (long) ALIGNMENT);
    return ByteBuffer.allocate(EXTRA_HEADER + bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(PADDING_TAG)
        .putShort((short) bytes)
        .array();
  }

  private static long checksum(Tensor tensor) {
    CRC32 crc = new CRC32();
    pieces(tensor).forEach(crc::update);
    return crc.getValue();
  }

  /** The tensor's bytes in buffers that a large one fits in too. */
  private static Iterable<ByteBuffer> pieces(Tensor tensor) {
    long[] shape = tensor.shape();
    if (shape.length == 0 || tensor.elements() == 0) {
      return List.of(tensor.data());
    }
    long rowBytes = tensor.elements() / shape[0] * tensor.type().bytes();
    long rows = Math.max(1, PIECE_BYTES / rowBytes);
    return () ->
        LongStream.iterate(0, row -> row < shape[0], row -> row + rows)
            .mapToObj(row -> tensor.rows(row, Math.min(rows, shape[0] - row)).data())
            .iterator();
  }

  private static final class CountingStream extends FilterOutputStream {
    private long count;

    CountingStream(OutputStream out) {
      super(new BufferedOutputStream(out, 1 << 16));
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      count += length;
    }
  }
}
