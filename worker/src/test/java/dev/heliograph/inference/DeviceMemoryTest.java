package dev.heliograph.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class DeviceMemoryTest {

  @Test
  void aFullCpuIsOutOfMemory() {
    try (NDManager manager = TorchEngine.start(OptionalInt.of(1)).newBaseManager()) {
      // 4 PiB: PyTorch's allocator says no before anything is touched.
      QueryFailedException failure =
          assertThrows(
              QueryFailedException.class,
              () -> DeviceMemory.guard(() -> manager.zeros(new Shape(1L << 30, 1L << 20))));
      assertEquals(FailureCode.DEVICE_OUT_OF_MEMORY, failure.code());
      assertEquals(1, failure.getMessage().lines().count());
    }
  }

  @Test
  void knowsHowCudaSaysIt() {
    for (String message :
        List.of(
            "CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 3 GiB",
            "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
            "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported")) {
      EngineException cause = new EngineException(message);
      QueryFailedException failure =
          assertThrows(
              QueryFailedException.class,
              () ->
                  DeviceMemory.guard(
                      () -> {
                        throw cause;
                      }));
      assertEquals(FailureCode.DEVICE_OUT_OF_MEMORY, failure.code());
      assertSame(cause, failure.getCause());
    }
  }

  @Test
  void leavesOtherFailuresAlone() {
    EngineException failure = new EngineException("mat1 and mat2 shapes cannot be multiplied");
    OutOfMemoryError heap = new OutOfMemoryError("Java heap space");
    assertSame(
        failure,
        assertThrows(
            EngineException.class,
            () ->
                DeviceMemory.guard(
                    () -> {
                      throw failure;
                    })));
    assertSame(
        heap,
        assertThrows(
            OutOfMemoryError.class,
            () ->
                DeviceMemory.guard(
                    () -> {
                      throw heap;
                    })));
  }
}
