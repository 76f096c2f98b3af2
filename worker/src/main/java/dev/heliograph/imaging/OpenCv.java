package dev.heliograph.imaging;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.global.opencv_core;
import org.opencv.core.Core;
import org.opencv.core.Mat;

/**
 * The native library. It writes its own warnings to standard error; {@code OPENCV_LOG_LEVEL=SILENT}
 * in the environment, read when the library is loaded, ends that.
 */
final class OpenCv {
  private static final String FOLDER = "/org/bytedeco/opencv/" + Loader.getPlatform() + "/lib";

  /**
   * JavaCPP's own setting: look in {@code java.library.path} before unpacking. An image has its
   * libraries there, since a container may have nowhere to unpack them.
   */
  private static final String PATHS_FIRST = "org.bytedeco.javacpp.pathsFirst";

  /** As in their names: changes with OpenCV's minor version. */
  private static final String VERSION = "413";

  /**
   * What the Java binding is linked to, each after those that it is linked to itself. JavaCPP's own
   * loader would add {@code highgui} (windows on a screen), which needs GTK: servers and small
   * images have none.
   */
  private static final List<String> MODULES =
      List.of(
          "imgproc",
          "flann",
          "ml",
          "photo",
          "imgcodecs",
          "videoio",
          "dnn",
          "features2d",
          "calib3d",
          "objdetect",
          "video",
          "plot",
          "aruco",
          "bgsegm",
          "bioinspired",
          "dnn_superres",
          "phase_unwrapping",
          "face",
          "img_hash",
          "saliency",
          "structured_light",
          "text",
          "tracking",
          "wechat_qrcode",
          "xfeatures2d",
          "ximgproc",
          "xphoto");

  private OpenCv() {}

  /** Loads the library once; about a second the first time. */
  static void load() {
    Library.loaded();
  }

  /**
   * Frees a matrix's pixels. OpenCV's own {@code release} hands over an address, and then nothing
   * refers to the matrix any more: a collection during the call has its cleaner delete what native
   * code still writes to, which damages the allocator's memory.
   */
  static void release(Mat matrix) {
    try {
      matrix.release();
    } finally {
      Reference.reachabilityFence(matrix);
    }
  }

  /** Initialised, and so the library loaded, when first used. */
  private static final class Library {
    static {
      Loader.load(opencv_core.class); // and OpenBLAS before it
      MODULES.forEach(module -> loadFile("opencv_" + module + ".so." + VERSION));
      loadFile("opencv_java.so");
      // Images are worked on side by side already; a pool of its own would only compete.
      Core.setNumThreads(1);
    }

    private Library() {}

    private static void loadFile(String name) {
      System.load(installed(name).orElseGet(() -> unpacked(name)).toString());
    }

    private static Optional<Path> installed(String name) {
      if (!Boolean.getBoolean(PATHS_FIRST)) {
        return Optional.empty();
      }
      return Stream.of(System.getProperty("java.library.path").split(File.pathSeparator))
          .map(folder -> Path.of(folder).toAbsolutePath().resolve("lib" + name))
          .filter(Files::exists)
          .findFirst();
    }

    private static Path unpacked(String name) {
      try {
        return Loader.cacheResource(opencv_core.class, FOLDER + name).toPath();
      } catch (IOException e) {
        throw new UncheckedIOException("lib" + name + " cannot be unpacked", e);
      }
    }

    static void loaded() {}
  }
}
