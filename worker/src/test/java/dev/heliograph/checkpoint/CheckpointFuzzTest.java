package dev.heliograph.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.testing.Fuzz;
import dev.heliograph.testing.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged weight files are read or refused. */
class CheckpointFuzzTest {
  private static final String[] PICKLE_OPERATIONS =
      "N \u0088 \u0089 K\u0001 M X ] } ) ( t \u0085 \u0086 \u0087 a e s u q h c R b \u0081 Q . 0 \u008a"
          .split(" ");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kinds.pt",
        "views.pt",
        "nested.pt",
        "bare-tensor.pt",
        "nano-openai-jit.pt",
        "legacy.pt"
      })
  void torchFiles(String name) {
    Path file = folder.resolve("mutant.pt");

    Fuzz.Result result =
        Fuzz.of(name)
            .corpus(Golden.bytes("containers/" + name))
            .tokens(PICKLE_OPERATIONS)
            .allowing(CheckpointException.class)
            .acceptsRefusals()
            .mutants(300)
            .run(
                bytes -> {
                  Files.write(file, bytes);
                  TorchFile.read(file);
                  TorchFile.tensors(file).values().forEach(Tensor::toFloats);
                });

    assertTrue(result.refused() > 30, result::toString);
  }

  /** Not in a zip, whose checksums keep most of the above from the pickle. */
  @Test
  void pickles() {
    ZipArchive archive = ZipArchive.open(MappedFile.open(Golden.path("containers/views.pt")));
    ByteSource entry = Objects.requireNonNull(archive.find("views/data.pkl"));
    ByteBuffer stored = entry.slice(0, (int) entry.size());
    byte[] pickle = new byte[stored.remaining()];
    stored.get(pickle);

    Fuzz.Result result =
        Fuzz.of("pickle")
            .corpus(pickle, "\u0080\u0002]Na.".getBytes(ISO_8859_1))
            .tokens(PICKLE_OPERATIONS)
            .allowing(CheckpointException.class)
            .mutants(20_000)
            .run(
                bytes ->
                    PickleReader.read(ByteBuffer.wrap(bytes), new TorchGlobals(archive, "views/")));

    assertTrue(result.refused() > 2_000 && result.read() > 200, result::toString);
  }

  @Test
  void safetensors() throws IOException {
    byte[] sound = smallSafetensors();
    Path file = folder.resolve("mutant.safetensors");

    Fuzz.Result result =
        Fuzz.of("safetensors")
            .corpus(sound)
            .tokens("{", "[", "\"F32\"", "\"BF16\"", "\"data_offsets\":", "\"__metadata__\":{},")
            .allowing(CheckpointException.class)
            .mutants(1_500)
            .run(
                bytes -> {
                  Files.write(file, bytes);
                  SafetensorsFile.read(file).values().forEach(Tensor::toFloats);
                });

    assertTrue(result.refused() > 150 && result.read() > 15, result::toString);
  }

  private static byte[] smallSafetensors() {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
            + "\"b\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[24,32]},"
            + "\"c\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[32,40]}}";
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + 40)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }
}
