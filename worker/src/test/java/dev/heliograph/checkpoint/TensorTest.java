package dev.heliograph.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.query.HalfFloat;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "0x0000, 0",
    "0x8000, -0.0",
    "0x0001, 5.9604645E-8",
    "0x83ff, -6.097555E-5",
    "0x0400, 6.1035156E-5",
    "0x3c00, 1",
    "0xc000, -2",
    "0x7bff, 65504",
    "0x7c00, Infinity",
    "0xfc00, -Infinity",
    "0x7e00, NaN"
  })
  void widensHalfPrecision(String bits, float value) {
    assertEquals(value, HalfFloat.value(Integer.decode(bits).shortValue()));
  }

  @Test
  void readsATensorBeyondTwoGibibytesByRows() throws IOException {
    long columns = 1 << 20;
    Path file = folder.resolve("sparse");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(3000 * columns);
      sparse.seek(2999 * columns + 1);
      sparse.write(7);
    }

    Tensor tensor = Tensor.ofFile(DataType.UINT8, new long[] {3000, columns}, file);

    assertThrows(CheckpointException.class, tensor::data);
    ByteBuffer last = tensor.rows(2999, 1).data();
    assertEquals(columns, last.remaining());
    assertArrayEquals(new byte[] {0, 7, 0}, new byte[] {last.get(0), last.get(1), last.get(2)});
  }

  @Test
  void copiesFloatsHoweverTheFileHoldsThem() throws IOException {
    ByteBuffer floats = ByteBuffer.allocate(17).order(ByteOrder.LITTLE_ENDIAN);
    floats.putFloat(1, 1.5f).putFloat(5, -2).putFloat(9, 1.5f).putFloat(13, 7);
    ByteSource file =
        MappedFile.open(Files.write(folder.resolve("floats"), floats.array())).part(1, 16);
    ByteBuffer halves = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    halves.putShort((short) 0x3e00).putShort((short) 0xc000).flip();

    for (Tensor tensor :
        List.of(
            Tensor.contiguous(DataType.FLOAT32, new long[] {2}, file.part(0, 8)),
            Tensor.contiguous(DataType.FLOAT32, new long[] {2, 2}, file).rows(0, 1),
            Tensor.view(DataType.FLOAT32, file, 0, new long[] {1, 2}, new long[] {9, 1}),
            Tensor.of(DataType.FLOAT16, new long[] {2}, halves))) {
      ByteBuffer target = ByteBuffer.allocateDirect(8).order(ByteOrder.LITTLE_ENDIAN);
      tensor.copyFloats(target);
      assertEquals(0, target.remaining());
      assertEquals(
          List.of(1.5f, -2f), List.of(target.getFloat(0), target.getFloat(4)), "" + tensor);
    }
  }

  @Test
  void widensMoreThanABlock() {
    int length = (1 << 17) + 3;
    ByteBuffer halves = ByteBuffer.allocate(2 * length).order(ByteOrder.LITTLE_ENDIAN);
    while (halves.hasRemaining()) {
      halves.putShort((short) (halves.position() / 2 % 0x7c00));
    }
    Tensor tensor = Tensor.of(DataType.FLOAT16, new long[] {length}, halves.flip());
    ByteBuffer target =
        ByteBuffer.allocateDirect(length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    tensor.copyFloats(target);

    float[] widened = new float[length];
    target.flip().asFloatBuffer().get(widened);
    assertArrayEquals(tensor.toFloats(), widened);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "FLOAT32", "FLOAT64"})
  void aFileThatWasCutSinceIsAnErrorNotACrash(DataType type) throws IOException {
    int bytes = 4 * type.bytes();
    Path file = Files.write(folder.resolve("cut"), new byte[bytes]);
    Tensor tensor = Tensor.ofFile(type, new long[] {4}, file);
    Files.write(file, new byte[7]);

    CheckpointException e =
        assertThrows(
            CheckpointException.class, () -> tensor.copyFloats(ByteBuffer.allocateDirect(16)));

    assertEquals(
        file + ": ends at byte 7, it had " + bytes + " when it was opened", e.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> tensor.copyFloats(ByteBuffer.allocateDirect(12)));
  }

  @Test
  void doesNotReadAnotherFileOfTheSameName() throws IOException {
    Path file = Files.write(folder.resolve("weights"), new byte[16]);
    Tensor tensor = Tensor.ofFile(DataType.FLOAT32, new long[] {4}, file);
    Path other = Files.write(folder.resolve("other"), new byte[16]);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);

    CheckpointException e =
        assertThrows(
            CheckpointException.class, () -> tensor.copyFloats(ByteBuffer.allocateDirect(16)));

    assertEquals(file + ": has been replaced since it was opened", e.getMessage());
  }

  @Test
  void handsOutNothingThatCanBeWrittenTo() throws IOException {
    Path file = Files.write(folder.resolve("eight"), new byte[8]);
    Tensor mapped = Tensor.ofFile(DataType.FLOAT32, new long[] {2}, file);
    Tensor held = Tensor.of(DataType.INT64, new long[] {1}, ByteBuffer.allocate(8));
    mapped.shape()[0] = 9;

    assertEquals(2, mapped.shape()[0]);
    for (Tensor tensor : new Tensor[] {mapped, held}) {
      assertTrue(tensor.data().isReadOnly());
      assertThrows(ReadOnlyBufferException.class, () -> tensor.data().put(0, (byte) 1));
    }
    assertThrows(
        CheckpointException.class, () -> Tensor.ofFile(DataType.INT64, new long[] {2}, file));
  }

  @Test
  void namesAFileByItsDigest() throws IOException {
    Path file = Files.writeString(folder.resolve("abc"), "abc");

    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        FileDigest.sha256(file));
    assertThrows(CheckpointException.class, () -> FileDigest.sha256(folder.resolve("none")));
  }
}
