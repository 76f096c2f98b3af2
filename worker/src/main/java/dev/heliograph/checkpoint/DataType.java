package dev.heliograph.checkpoint;

import dev.heliograph.query.HalfFloat;
import java.nio.ByteBuffer;

/** What the elements of a tensor are. All are little-endian. */
public enum DataType {
  BOOL(1, "bool"),
  UINT8(1, "uint8"),
  INT8(1, "int8"),
  INT16(2, "int16"),
  INT32(4, "int32"),
  INT64(8, "int64"),
  FLOAT16(2, "float16"),
  BFLOAT16(2, "bfloat16"),
  FLOAT32(4, "float32"),
  FLOAT64(8, "float64");

  private final int bytes;
  private final String torchName;

  DataType(int bytes, String torchName) {
    this.bytes = bytes;
    this.torchName = torchName;
  }

  /** The size of one element. */
  public int bytes() {
    return bytes;
  }

  /** As PyTorch spells it, without {@code torch.}. */
  public String torchName() {
    return torchName;
  }

  /** The element at a byte offset. Only INT64 and FLOAT64 lose digits. */
  float toFloat(ByteBuffer littleEndian, int offset) {
    return switch (this) {
      case BOOL -> littleEndian.get(offset) == 0 ? 0 : 1;
      case UINT8 -> littleEndian.get(offset) & 0xff;
      case INT8 -> littleEndian.get(offset);
      case INT16 -> littleEndian.getShort(offset);
      case INT32 -> littleEndian.getInt(offset);
      case INT64 -> littleEndian.getLong(offset);
      case FLOAT16 -> HalfFloat.value(littleEndian.getShort(offset));
      case BFLOAT16 -> Float.intBitsToFloat(littleEndian.getShort(offset) << 16);
      case FLOAT32 -> littleEndian.getFloat(offset);
      case FLOAT64 -> (float) littleEndian.getDouble(offset);
    };
  }
}
