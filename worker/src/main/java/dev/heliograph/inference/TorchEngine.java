package dev.heliograph.inference;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.LibUtils;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts DJL's PyTorch engine, once per process. It is told to download nothing and to report
 * nothing home: PyTorch is the one on the class path, or the one that the environment names.
 */
final class TorchEngine {
  private static final Logger LOG = LoggerFactory.getLogger(TorchEngine.class);

  private static final String THREADS = "ai.djl.pytorch.num_threads";

  /** Read by whoever computes, written by whoever ends the process. */
  private static final ReentrantReadWriteLock ENDING = new ReentrantReadWriteLock();

  private TorchEngine() {}

  /**
   * Computes. All that takes longer than a moment is computed in here, for {@link #end}'s sake.
   *
   * @throws dev.heliograph.query.QueryFailedException with DEVICE_OUT_OF_MEMORY
   */
  static <T> T compute(Supplier<T> work) {
    ENDING.readLock().lock();
    try {
      return DeviceMemory.guard(work);
    } finally {
      ENDING.readLock().unlock();
    }
  }

  /**
   * Returns when nothing is computed any more, and lets nothing more be: threads that try wait for
   * ever. An exit frees PyTorch's own memory under whoever still computes, and that is a crash.
   */
  @SuppressWarnings("LockNotBeforeTry") // kept for ever
  static void end() {
    ENDING.writeLock().lock();
  }

  /**
   * @param threads inside one operation; only the first start of a process decides
   * @throws ModelFileException if PyTorch cannot be loaded
   */
  static synchronized Engine start(OptionalInt threads) {
    setIfAbsent("ai.djl.offline", "true");
    setIfAbsent("OPT_OUT_TRACKING", "true");
    setIfAbsent("ai.djl.pytorch.graph_optimizer", "false"); // see TrunkScript
    threads.ifPresent(count -> System.setProperty(THREADS, Integer.toString(count)));
    try {
      Engine engine = Engine.getEngine("PyTorch");
      int running = JniUtils.getNumThreads();
      if (threads.isPresent() && threads.getAsInt() != running) {
        LOG.warn("PyTorch runs with {} threads already, not {}", running, threads.getAsInt());
      }
      return engine;
    } catch (EngineException e) {
      throw new ModelFileException("PyTorch cannot be loaded: " + e.getMessage(), e);
    }
  }

  /**
   * @throws ModelFileException if CUDA is demanded and PyTorch sees no CUDA device
   */
  static Device device(Engine engine, DeviceChoice choice) {
    boolean cuda = choice != DeviceChoice.CPU && engine.getGpuCount() > 0;
    if (choice == DeviceChoice.CUDA && !cuda) {
      throw new ModelFileException(
          "device cuda: PyTorch "
              + LibUtils.getVersion()
              + " in "
              + LibUtils.getLibtorchPath()
              + " sees no CUDA device; PYTORCH_LIBRARY_PATH, PYTORCH_VERSION and PYTORCH_FLAVOR"
              + " name another one");
    }
    return cuda ? Device.gpu() : Device.cpu();
  }

  static String djlVersion() {
    return Engine.getDjlVersion();
  }

  static String libtorchVersion() {
    return LibUtils.getVersion();
  }

  static int threads() {
    return JniUtils.getNumThreads();
  }

  static int interopThreads() {
    return JniUtils.getNumInteropThreads();
  }

  /** For the log: version, place and threads. */
  static String describe() {
    return "PyTorch "
        + LibUtils.getVersion()
        + " in "
        + LibUtils.getLibtorchPath()
        + ", "
        + JniUtils.getNumThreads()
        + " threads";
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
