package dev.heliograph.audit;

import dev.heliograph.query.Text;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A signed statement of a log's size and root (c2sp.org/tlog-checkpoint).
 *
 * @param origin the log's name
 * @param size how many entries
 * @param signed the note as it was published; not to be written to
 */
public record Checkpoint(String origin, long size, Hash root, byte[] signed) {
  private static final Pattern SIZE = Pattern.compile("0|[1-9][0-9]{0,17}");

  /** What is wrong with a checkpoint that can be read. */
  static final class UntrustedException extends Exception {
    private static final long serialVersionUID = 1L;

    UntrustedException(String message) {
      super(message);
    }
  }

  static Checkpoint sign(NoteVerifier identity, SigningKey key, long size, Hash root) {
    String text =
        identity.name()
            + "\n"
            + size
            + "\n"
            + Base64.getEncoder().encodeToString(root.bytes())
            + "\n";
    return new Checkpoint(identity.name(), size, root, SignedNote.sign(text, identity, key));
  }

  /**
   * Reads a checkpoint and its signatures.
   *
   * @param name of the file, for messages
   * @throws AuditFormatException if the bytes are not a checkpoint
   * @throws UntrustedException if none of the keys signed it, or its origin is not that key's name
   */
  static Checkpoint open(String name, byte[] bytes, List<NoteVerifier> keys)
      throws UntrustedException {
    SignedNote note = SignedNote.parse(name, bytes);
    Checkpoint checkpoint = parse(name, note, bytes);
    // A key speaks for its own log only.
    List<NoteVerifier> own =
        keys.stream().filter(key -> key.name().equals(checkpoint.origin)).toList();
    if (!note.isSignedBy(own)) {
      throw new UntrustedException(
          name
              + ": no valid signature by a trusted key of \""
              + Text.shorten(checkpoint.origin)
              + '"');
    }
    return checkpoint;
  }

  static Checkpoint parse(String name, SignedNote note, byte[] bytes) {
    String[] lines = note.text().split("\n", -1);
    // The text ends in a newline, hence one empty element at the end.
    if (lines.length < 4 || Arrays.stream(lines, 0, lines.length - 1).anyMatch(String::isEmpty)) {
      throw new AuditFormatException(name + ": is not origin, size and root, one a line");
    }
    if (!SIZE.matcher(lines[1]).matches()) {
      throw new AuditFormatException(name + ": its second line is not a tree size");
    }
    try {
      byte[] root = Base64.getDecoder().decode(lines[2]);
      if (root.length == Hash.BYTES && Base64.getEncoder().encodeToString(root).equals(lines[2])) {
        return new Checkpoint(lines[0], Long.parseLong(lines[1]), new Hash(root), bytes);
      }
    } catch (IllegalArgumentException e) {
      throw new AuditFormatException(name + ": its third line is not base64", e);
    }
    throw new AuditFormatException(name + ": its third line is not the base64 of a root hash");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Checkpoint that && Arrays.equals(signed, that.signed);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(signed);
  }

  @Override
  public String toString() {
    return "Checkpoint[" + origin + ", " + size + " entries, root " + root + "]";
  }
}
