package dev.heliograph.inference;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Makes a TorchScript file of {@code trunk.py}. Such a file is a zip of source text and of a pickle
 * of the module, which here is an object without attributes; PyTorch wants its entries stored.
 */
final class TrunkScript {
  private static final String SOURCE = "trunk.py";

  /** Protocol 2; {@code __torch__.Trunk} made of an empty tuple; its state, an empty dict. */
  private static final byte[] MODULE =
      "\u0080\u0002c__torch__\nTrunk\n)\u0081}b.".getBytes(ISO_8859_1);

  /** Protocol 2; an empty tuple. */
  private static final byte[] NO_CONSTANTS = "\u0080\u0002).".getBytes(ISO_8859_1);

  private TrunkScript() {}

  /** A module that belongs to the manager. */
  static PtSymbolBlock load(PtNDManager manager) {
    try {
      byte[] archive = archive();
      return JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Has the script run as it stands. Otherwise PyTorch would watch its first runs, compile it anew
   * for the shapes that it saw, and be free to fuse operations, which changes bits. The switch is
   * each thread's own.
   */
  static void prepareThread() {
    JniUtils.setGraphExecutorOptimize(false);
  }

  private static byte[] archive() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      put(zip, "data.pkl", MODULE);
      put(zip, "code/__torch__.py", source());
      put(zip, "constants.pkl", NO_CONSTANTS);
      put(zip, "version", "3\n".getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry("trunk/" + name);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private static byte[] source() throws IOException {
    try (InputStream source = TrunkScript.class.getResourceAsStream(SOURCE)) {
      return Objects.requireNonNull(source, SOURCE).readAllBytes();
    }
  }
}
