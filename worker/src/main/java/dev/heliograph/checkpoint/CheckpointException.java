package dev.heliograph.checkpoint;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A weight file that cannot be used. One line: the file, what was found, what was expected. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int MAX_LENGTH = 500;

  CheckpointException(String message) {
    this(message, null);
  }

  CheckpointException(String message, @Nullable Throwable cause) {
    super(oneLine(message), cause);
  }

  /** The same complaint, with the file's name in front. */
  CheckpointException in(Path file) {
    return new CheckpointException(file + ": " + getMessage(), getCause());
  }

  private static String oneLine(String message) {
    String line = message.length() <= MAX_LENGTH ? message : message.substring(0, MAX_LENGTH) + "…";
    return line.replaceAll("\\p{Cntrl}", "?");
  }
}
