package dev.heliograph.inference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a processor can do, in the words of Linux.
 *
 * @param names empty if the system does not tell
 */
record CpuFlags(Set<String> names) {
  private static final Path LINUX = Path.of("/proc/cpuinfo");
  private static final Set<String> BFLOAT16 = Set.of("avx512_bf16", "amx_bf16");

  CpuFlags {
    names = Set.copyOf(names);
  }

  static CpuFlags ofThisMachine() {
    return in(LINUX);
  }

  /** Of the first processor in a file such as {@code /proc/cpuinfo}. */
  static CpuFlags in(Path cpuinfo) {
    try (Stream<String> lines = Files.lines(cpuinfo)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip().split("\\s+"))
          .map(flags -> new CpuFlags(new HashSet<>(List.of(flags))))
          .orElseGet(() -> new CpuFlags(Set.of()));
    } catch (IOException | UncheckedIOException e) {
      return new CpuFlags(Set.of());
    }
  }

  /** Whether products of bfloat16 are known to be emulated. */
  boolean lackBfloat16() {
    return !names.isEmpty() && BFLOAT16.stream().noneMatch(names::contains);
  }
}
