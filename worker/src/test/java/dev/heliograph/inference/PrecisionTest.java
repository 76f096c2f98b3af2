package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrecisionTest {
  @TempDir private Path folder;

  @Test
  void hasNames() {
    for (Precision precision : Precision.values()) {
      assertEquals(precision, Precision.of(precision.configName()));
    }
    assertEquals(
        "precision \"fp8\": expected float32, bfloat16 or float16",
        assertThrows(IllegalArgumentException.class, () -> Precision.of("fp8")).getMessage());
  }

  @Test
  void float16IsRefusedOnACpu() {
    ClipModelConfig config = GoldenModel.config().precision(Precision.FLOAT16).build();
    assertEquals(
        "precision float16: device cpu computes it slower than float32; bfloat16 is for CPUs",
        assertThrows(ModelFileException.class, () -> ClipCompositionModel.open(config))
            .getMessage());
  }

  @Test
  void aModelSaysItsPrecision() {
    ClipModelConfig config = GoldenModel.config().precision(Precision.BFLOAT16).build();
    try (ClipCompositionModel model = ClipCompositionModel.open(config)) {
      assertEquals("bfloat16", model.description().precision());
    }
  }

  @Test
  void findsTheInstructionsAmongAProcessorsFlags() throws IOException {
    assertFalse(flags("flags\t\t: fpu avx512f avx512_bf16 sse").lackBfloat16());
    assertFalse(flags("flags\t\t: fpu amx_bf16").lackBfloat16());
    assertTrue(flags("processor\t: 0\nflags\t\t: fpu avx512f sse\n").lackBfloat16());
  }

  @Test
  void doesNotGuessWhereTheSystemTellsNothing() throws IOException {
    assertEquals(new CpuFlags(Set.of()), CpuFlags.in(folder.resolve("absent")));
    assertFalse(flags("processor : 0\n").lackBfloat16());
    assertFalse(new CpuFlags(Set.of()).lackBfloat16());
  }

  private CpuFlags flags(String cpuinfo) throws IOException {
    return CpuFlags.in(Files.writeString(folder.resolve("cpuinfo"), cpuinfo));
  }
}
