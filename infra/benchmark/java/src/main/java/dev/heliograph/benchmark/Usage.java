package dev.heliograph.benchmark;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** What the process has used of time and memory, from Linux' {@code /proc}. */
public record Usage(long nanoTime, Duration cpu, long residentKilobytes) {
  private static final Path STATUS = Path.of("/proc/self/status");

  public static Usage now() {
    Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    return new Usage(System.nanoTime(), cpu, residentNow());
  }

  /** Of both times the part in between; of memory what is held in the end. */
  public Usage until(Usage later) {
    return new Usage(later.nanoTime - nanoTime, later.cpu.minus(cpu), later.residentKilobytes);
  }

  /** Half of what two parts took together; of memory what is held in the end. */
  public Usage mean(Usage other) {
    return new Usage(
        (nanoTime + other.nanoTime) / 2, cpu.plus(other.cpu).dividedBy(2), other.residentKilobytes);
  }

  /** Of the wall's clock. */
  public double seconds() {
    return nanoTime / 1e9;
  }

  /** Of all threads' processor time. */
  public double cpuSeconds() {
    return cpu.toNanos() / 1e9;
  }

  /** Both times, in seconds. */
  public String inWords() {
    return String.format(Locale.ROOT, "%.2f s (%.2f s of processor time)", seconds(), cpuSeconds());
  }

  void putInto(ObjectNode line) {
    line.put("seconds", seconds());
    line.put("cpu_seconds", cpuSeconds());
    line.put("resident_mb", residentKilobytes / 1024.0);
  }

  private static long residentNow() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
