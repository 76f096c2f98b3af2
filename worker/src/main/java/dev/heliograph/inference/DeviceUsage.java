package dev.heliograph.inference;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * How much of a device's memory is in use, as far as that can be known.
 *
 * @param used bytes: of a GPU, by all processes; on the CPU, resident memory of this process
 * @param limit bytes: a GPU's memory; on the CPU, what the machine or container has
 */
public record DeviceUsage(OptionalLong used, OptionalLong limit) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";

  static DeviceUsage of(Device device) {
    return device.isGpu() ? ofGpu(device) : ofProcess();
  }

  /** CUDA's runtime need not be where DJL looks for it: then nothing is known. */
  private static DeviceUsage ofGpu(Device device) {
    try {
      MemoryUsage usage = CudaUtils.getGpuMemory(device);
      return new DeviceUsage(
          OptionalLong.of(usage.getCommitted()), OptionalLong.of(usage.getMax()));
    } catch (RuntimeException | LinkageError e) {
      return new DeviceUsage(OptionalLong.empty(), OptionalLong.empty());
    }
  }

  private static DeviceUsage ofProcess() {
    OptionalLong limit =
        ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
            ? OptionalLong.of(system.getTotalMemorySize())
            : OptionalLong.empty();
    return new DeviceUsage(resident(), limit);
  }

  private static OptionalLong resident() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(RESIDENT))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
