package dev.heliograph.benchmark.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process holds of the machine's memory now, in MB of 2^20 bytes, as Linux counts it.
 *
 * @param total of the next three
 * @param anonymous heap, weights, stacks: nobody else's
 * @param files mapped galleries, libraries and jars: the system may take these pages back, and
 *     shares them between workers
 * @param shared memory
 * @param peak the highest total since the process started
 */
record ResidentMemory(long total, long anonymous, long files, long shared, long peak) {

  static ResidentMemory of(Path status) throws IOException {
    List<String> lines = Files.readAllLines(status);
    return new ResidentMemory(
        megabytes(lines, "VmRSS:"),
        megabytes(lines, "RssAnon:"),
        megabytes(lines, "RssFile:"),
        megabytes(lines, "RssShmem:"),
        megabytes(lines, "VmHWM:"));
  }

  private static long megabytes(List<String> lines, String field) {
    return lines.stream()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(field + " is not told: this needs Linux"));
  }
}
