package dev.heliograph.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Makes key files for {@code audit keygen}. */
public final class KeyGenerator {
  private KeyGenerator() {}

  /**
   * Writes a new private key to {@code file}, readable by its owner alone from its first moment,
   * and the public key beside it as {@code file.pub}. Neither file may exist: a key is never
   * overwritten.
   *
   * @throws FileAlreadyExistsException if one of the files exists
   */
  public static VerificationKey generate(Path file) throws IOException {
    SigningKey key = SigningKey.generate();
    FileAttribute<?>[] ownerOnly =
        Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    Path publicFile = file.resolveSibling(file.getFileName() + ".pub");
    if (Files.exists(publicFile)) {
      throw new FileAlreadyExistsException(publicFile.toString());
    }
    create(file, key.toPem(), ownerOnly);
    create(publicFile, key.publicKey().toPem());
    return key.publicKey();
  }

  private static void create(Path file, String text, FileAttribute<?>... attributes)
      throws IOException {
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }
}
