package dev.heliograph.imaging;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.opencv_java;
import org.opencv.core.Core;

/**
 * The native library. It writes its own warnings to standard error; {@code OPENCV_LOG_LEVEL=SILENT}
 * in the environment, read when the library is loaded, ends that.
 */
final class OpenCv {
  private OpenCv() {}

  /** Loads the library once; about a second the first time. */
  static void load() {
    Library.loaded();
  }

  /** Initialised, and so the library loaded, when first used. */
  private static final class Library {
    static {
      Loader.load(opencv_java.class);
      // Images are worked on side by side already; a pool of its own would only compete.
      Core.setNumThreads(1);
    }

    private Library() {}

    static void loaded() {}
  }
}
