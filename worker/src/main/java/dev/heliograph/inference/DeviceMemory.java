package dev.heliograph.inference;

import ai.djl.engine.EngineException;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import java.util.Locale;
import java.util.function.Supplier;

/** Tells a device that has no memory left from other failures of PyTorch. */
final class DeviceMemory {
  private DeviceMemory() {}

  /**
   * @throws QueryFailedException with DEVICE_OUT_OF_MEMORY if that is what happened
   */
  static <T> T guard(Supplier<T> pass) {
    try {
      return pass.get();
    } catch (EngineException e) {
      if (isOutOfMemory(e.getMessage())) {
        throw outOfMemory(e);
      }
      throw e;
    } catch (OutOfMemoryError e) {
      // Inputs pass through direct buffers; the heap running out is another matter.
      if (String.valueOf(e.getMessage()).contains("direct buffer memory")) {
        throw outOfMemory(e);
      }
      throw e;
    }
  }

  /**
   * As PyTorch says it for CUDA ("CUDA out of memory. Tried to allocate …",
   * CUBLAS_STATUS_ALLOC_FAILED) and for the CPU ("DefaultCPUAllocator: can't allocate memory").
   */
  static boolean isOutOfMemory(String message) {
    String text = String.valueOf(message).toLowerCase(Locale.ROOT);
    return text.contains("out of memory")
        || text.contains("defaultcpuallocator")
        || text.contains("status_alloc_failed");
  }

  private static QueryFailedException outOfMemory(Throwable cause) {
    String line = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return new QueryFailedException(
        FailureCode.DEVICE_OUT_OF_MEMORY, "the device has no memory left: " + line, cause);
  }
}
