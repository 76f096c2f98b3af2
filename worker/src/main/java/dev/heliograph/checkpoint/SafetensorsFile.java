package dev.heliograph.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads <a href="https://github.com/huggingface/safetensors#format">safetensors</a>: eight bytes of
 * header length, a JSON header, the tensors' bytes without gaps or overlaps.
 */
public final class SafetensorsFile {
  /** The format allows 100 MB; the largest models need well under one. */
  private static final int MAX_HEADER_BYTES = 16 << 20;

  private static final int LENGTH_BYTES = 8;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final Map<String, DataType> TYPES =
      Map.of(
          "BOOL", DataType.BOOL,
          "U8", DataType.UINT8,
          "I8", DataType.INT8,
          "I16", DataType.INT16,
          "I32", DataType.INT32,
          "I64", DataType.INT64,
          "F16", DataType.FLOAT16,
          "BF16", DataType.BFLOAT16,
          "F32", DataType.FLOAT32,
          "F64", DataType.FLOAT64);

  private SafetensorsFile() {}

  /**
   * The tensors by name, in the header's order. The file is mapped, not read.
   *
   * @throws CheckpointException if the file is missing or is not well-formed safetensors
   */
  public static Map<String, Tensor> read(Path file) {
    MappedFile bytes = MappedFile.open(file);
    try {
      return read(bytes);
    } catch (CheckpointException e) {
      throw e.in(file);
    }
  }

  private static Map<String, Tensor> read(ByteSource bytes) {
    if (bytes.size() < LENGTH_BYTES) {
      throw new CheckpointException(
          bytes.size() + " bytes are no safetensors file, which starts with 8 of header length");
    }
    long length = bytes.slice(0, LENGTH_BYTES).getLong();
    if (length < 2 || length > MAX_HEADER_BYTES || length > bytes.size() - LENGTH_BYTES) {
      throw new CheckpointException(
          "states a header of "
              + Long.toUnsignedString(length)
              + " bytes, a safetensors file of this size has 2 to "
              + Math.min(MAX_HEADER_BYTES, bytes.size() - LENGTH_BYTES));
    }
    byte[] header = new byte[(int) length];
    bytes.slice(LENGTH_BYTES, header.length).get(header);
    long start = LENGTH_BYTES + length;
    List<Entry> entries = entries(header);
    checkLayout(entries, bytes.size() - start);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Entry entry : entries) {
      ByteSource data = bytes.part(start + entry.begin, entry.end - entry.begin);
      tensors.put(entry.name, tensor(entry, data));
    }
    return Collections.unmodifiableMap(tensors);
  }

  private static Tensor tensor(Entry entry, ByteSource data) {
    try {
      return Tensor.contiguous(entry.type, entry.shape, data);
    } catch (CheckpointException e) {
      throw new CheckpointException(entry + ": " + e.getMessage(), e);
    }
  }

  private static void checkLayout(List<Entry> entries, long available) {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long next = 0;
    for (Entry entry : sorted) {
      if (entry.begin != next || entry.end < entry.begin) {
        throw new CheckpointException(
            entry
                + " is at bytes "
                + entry.begin
                + " to "
                + entry.end
                + ", expected to begin at "
                + next);
      }
      next = entry.end;
    }
    if (next != available) {
      throw new CheckpointException(
          "tensors take " + next + " bytes, the file has " + available + " after the header");
    }
  }

  private static List<Entry> entries(byte[] header) {
    List<Entry> entries = new ArrayList<>();
    try (JsonParser json = JSON.createParser(header)) {
      expect(json.nextToken(), JsonToken.START_OBJECT, "the header");
      String name;
      while ((name = json.nextFieldName()) != null) {
        json.nextToken();
        if (name.equals("__metadata__")) {
          json.skipChildren();
        } else {
          entries.add(entry(name, json));
        }
      }
      expect(json.currentToken(), JsonToken.END_OBJECT, "the header");
      if (json.nextToken() != null) {
        throw new CheckpointException("something follows the header's object");
      }
      return entries;
    } catch (JsonProcessingException e) {
      throw new CheckpointException("the header is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new CheckpointException("the header is not text: " + e.getMessage(), e);
    }
  }

  private static Entry entry(String name, JsonParser json) throws IOException {
    String where = '"' + name + '"';
    expect(json.currentToken(), JsonToken.START_OBJECT, where);
    @Nullable DataType type = null;
    long @Nullable [] shape = null;
    long @Nullable [] range = null;
    String field;
    while ((field = json.nextFieldName()) != null) {
      json.nextToken();
      switch (field) {
        case "dtype" -> type = type(json, where);
        case "shape" -> shape = numbers(json, where + ".shape");
        case "data_offsets" -> range = numbers(json, where + ".data_offsets");
        default -> throw new CheckpointException(where + " has an unknown field: " + field);
      }
    }
    if (type == null || shape == null || range == null || range.length != 2) {
      throw new CheckpointException(where + " lacks a dtype, a shape or two data_offsets");
    }
    return new Entry(name, type, shape, range[0], range[1]);
  }

  private static DataType type(JsonParser json, String where) throws IOException {
    expect(json.currentToken(), JsonToken.VALUE_STRING, where + ".dtype");
    DataType type = TYPES.get(json.getText());
    if (type == null) {
      throw new CheckpointException(
          where + " has dtype " + json.getText() + ", readable are " + TYPES.keySet());
    }
    return type;
  }

  private static long[] numbers(JsonParser json, String where) throws IOException {
    expect(json.currentToken(), JsonToken.START_ARRAY, where);
    List<Long> numbers = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, where);
      numbers.add(json.getLongValue());
    }
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  private static void expect(@Nullable JsonToken found, JsonToken expected, String where) {
    if (found != expected) {
      throw new CheckpointException(where + ": found " + found + ", expected " + expected);
    }
  }

  private record Entry(String name, DataType type, long[] shape, long begin, long end) {
    @Override
    public String toString() {
      return "tensor \"" + name + '"';
    }
  }
}
