package dev.heliograph.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.testing.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {
  @TempDir Path folder;

  @Test
  void readsTensorsInTheHeadersOrder() throws IOException {
    Path file =
        file(
            "{\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[2,10]},"
                + "\"__metadata__\":{\"format\":\"pt\"},"
                + "\"a\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[0,2]},"
                + "\"none\":{\"dtype\":\"I64\",\"shape\":[0,7],\"data_offsets\":[10,10]}}",
            new byte[] {(byte) 0x80, 0x3f, 0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0});

    Map<String, Tensor> tensors = SafetensorsFile.read(file);

    assertEquals(List.of("b", "a", "none"), List.copyOf(tensors.keySet()));
    assertArrayEquals(new float[] {1, -2}, tensors.get("b").toFloats());
    assertArrayEquals(new float[] {1}, tensors.get("a").toFloats());
    assertEquals(0, tensors.get("none").elements());
  }

  @Test
  void readsPublishedModels() {
    Map<String, Tensor> tiny = SafetensorsFile.read(Golden.path("clip-b32-tiny/model.safetensors"));
    Map<String, Tensor> nano =
        SafetensorsFile.read(Golden.path("clip-gelu-nano/model.safetensors"));

    Tensor embedding = tiny.get("text_model.embeddings.token_embedding.weight");
    assertEquals(DataType.FLOAT16, embedding.type());
    assertArrayEquals(new long[] {49408, 64}, embedding.shape());
    assertEquals(DataType.BFLOAT16, nano.get("visual_projection.weight").type());
    assertArrayEquals(new long[] {40, 128}, nano.get("visual_projection.weight").shape());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,8]}}      | needs 4 bytes, there are 8",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}      | expected to begin at 0",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}      | tensors take 4 bytes, the file has 8",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}     | tensors take 12 bytes, the file has 8",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}}      | expected to begin at 0",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}}     | expected to begin at 0",
        "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,8]}}     | negative size",
        "{'a':{'dtype':'F8_E4M3','shape':[8],'data_offsets':[0,8]}}  | has dtype F8_E4M3, readable are",
        "{'a':{'dtype':'F32','shape':[2]}}                           | lacks a dtype, a shape or two",
        "{'a':{'dtype':'F32','shape':[2.5],'data_offsets':[0,8]}}    | found VALUE_NUMBER_FLOAT",
        "{'a':{'dtype':'F32','shape':[9223372036854775807,2],'data_offsets':[0,8]}} | out of range",
        "{'a':{'dtype':'F32','shape':[4294967296,4294967296,0],'data_offsets':[0,8]}} | out of range",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,99999999999999999999]}} | not JSON",
        "{'a':1}                                                     | found VALUE_NUMBER_INT",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{}} | Duplicate field",
        "[]                                                          | found START_ARRAY",
        "{'a':                                                       | not JSON",
        "{}x                                                         | not JSON",
        "{}{}                                                        | something follows"
      })
  void refusesAHeaderThatDoesNotFit(String header, String complaint) throws IOException {
    Path file = file(header.replace('\'', '"'), new byte[8]);

    var e = assertThrows(CheckpointException.class, () -> SafetensorsFile.read(file));

    assertTrue(e.getMessage().contains(complaint), e.getMessage());
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
  }

  @Test
  void refusesOverlappingTensors() throws IOException {
    Path file =
        file(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
            new byte[12]);

    var e = assertThrows(CheckpointException.class, () -> SafetensorsFile.read(file));

    assertTrue(e.getMessage().contains("\"b\" is at bytes 4 to 12, expected to begin at 8"));
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "17", "16777217", "9223372036854775807", "-1"})
  void refusesAHeaderLengthThatCannotBe(long length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    Path file = Files.write(folder.resolve("length.safetensors"), bytes.array());

    var e = assertThrows(CheckpointException.class, () -> SafetensorsFile.read(file));

    assertTrue(e.getMessage().contains("states a header of"), e.getMessage());
  }

  @Test
  void refusesEmptyAndMissingFiles() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty"));

    assertThrows(CheckpointException.class, () -> SafetensorsFile.read(empty));
    assertThrows(CheckpointException.class, () -> SafetensorsFile.read(folder));
    assertThrows(CheckpointException.class, () -> SafetensorsFile.read(folder.resolve("nowhere")));
  }

  private Path file(String header, byte[] data) throws IOException {
    byte[] text = header.getBytes(UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text).put(data);
    return Files.write(folder.resolve("a.safetensors"), bytes.array());
  }
}
