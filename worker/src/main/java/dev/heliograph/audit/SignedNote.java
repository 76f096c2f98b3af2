package dev.heliograph.audit;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A signed note (c2sp.org/signed-note): text that ends in a newline, an empty line, then signature
 * lines.
 */
record SignedNote(String text, List<Line> signatures) {
  private static final int MAX_SIGNATURES = 100;
  private static final String SIGNATURE_START = "\u2014 ";

  /** A signature line; the array is not written to. */
  record Line(String name, int keyId, byte[] signature) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Line that
          && name.equals(that.name)
          && keyId == that.keyId
          && Arrays.equals(signature, that.signature);
    }

    @Override
    public int hashCode() {
      return 31 * name.hashCode() + keyId;
    }
  }

  SignedNote {
    signatures = List.copyOf(signatures);
  }

  static byte[] sign(String text, NoteVerifier identity, SigningKey key) {
    byte[] message = text.getBytes(StandardCharsets.UTF_8);
    byte[] signature = key.sign(message);
    ByteBuffer blob = ByteBuffer.allocate(4 + signature.length);
    blob.putInt(identity.keyId()).put(signature);
    String line =
        SIGNATURE_START
            + identity.name()
            + " "
            + Base64.getEncoder().encodeToString(blob.array())
            + "\n";
    return (text + "\n" + line).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @param name of the note, for messages
   * @throws AuditFormatException if the bytes are not a signed note
   */
  static SignedNote parse(String name, byte[] bytes) {
    String note;
    try {
      note = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new AuditFormatException(name + ": is not UTF-8", e);
    }
    if (note.chars().anyMatch(c -> c < 0x20 && c != '\n')) {
      throw new AuditFormatException(name + ": has a control character");
    }
    int split = note.lastIndexOf("\n\n");
    if (split < 0 || !note.endsWith("\n") || split + 2 == note.length()) {
      throw new AuditFormatException(name + ": is not text, an empty line and signatures");
    }
    String[] lines = note.substring(split + 2, note.length() - 1).split("\n", -1);
    if (lines.length > MAX_SIGNATURES) {
      throw new AuditFormatException(
          name + ": " + lines.length + " signatures, the limit is " + MAX_SIGNATURES);
    }
    List<Line> signatures = new ArrayList<>();
    for (String line : lines) {
      signatures.add(line(name, line));
    }
    return new SignedNote(note.substring(0, split + 1), signatures);
  }

  private static Line line(String name, String line) {
    int space = line.lastIndexOf(' ');
    if (line.startsWith(SIGNATURE_START) && space >= SIGNATURE_START.length()) {
      String signer = line.substring(SIGNATURE_START.length(), space);
      try {
        byte[] blob = Base64.getDecoder().decode(line.substring(space + 1));
        if (blob.length > 4 && NoteVerifier.isName(signer)) {
          int keyId = ByteBuffer.wrap(blob).getInt();
          return new Line(signer, keyId, Arrays.copyOfRange(blob, 4, blob.length));
        }
      } catch (IllegalArgumentException e) {
        throw new AuditFormatException(name + ": a signature is not base64", e);
      }
    }
    throw new AuditFormatException(name + ": a signature line is malformed");
  }

  /**
   * Whether at least one of the keys signed. Signatures of unknown keys are ignored; one bad
   * signature of a known key spoils the note, as the specification asks.
   */
  boolean isSignedBy(List<NoteVerifier> keys) {
    byte[] message = text.getBytes(StandardCharsets.UTF_8);
    boolean verified = false;
    for (Line line : signatures) {
      for (NoteVerifier key : keys) {
        if (key.name().equals(line.name) && key.keyId() == line.keyId) {
          if (!key.verifies(message, line.signature)) {
            return false;
          }
          verified = true;
        }
      }
    }
    return verified;
  }
}
