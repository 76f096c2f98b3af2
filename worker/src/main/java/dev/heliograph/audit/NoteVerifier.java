package dev.heliograph.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A key that verifies signed notes (c2sp.org/signed-note), of the Ed25519 kind: a name, and a
 * public key.
 */
public final class NoteVerifier {
  /** The signature type of plain Ed25519. */
  private static final byte ED25519 = 0x01;

  private static final Pattern NAME = Pattern.compile("[^\\s\\p{Z}\\x{85}\\p{Cntrl}+]{1,256}");

  private final String name;
  private final VerificationKey key;
  private final int keyId;

  /**
   * @param name of the log, its checkpoints' origin: no spaces, no plus
   */
  public NoteVerifier(String name, VerificationKey key) {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "log origin \"" + name + "\": is not 1 to 256 characters without spaces and plus");
    }
    this.name = name;
    this.key = key;
    byte[] id = (name + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] typedKey = typedKey(key);
    byte[] message = Arrays.copyOf(id, id.length + typedKey.length);
    System.arraycopy(typedKey, 0, message, id.length, typedKey.length);
    this.keyId = ByteBuffer.wrap(Digests.sha256().digest(message)).getInt();
  }

  /**
   * Reads a "vkey", {@code name+hash+key}.
   *
   * @throws AuditFormatException if it is not one, or not of an Ed25519 key
   */
  public static NoteVerifier parse(String vkey) {
    String[] parts = vkey.strip().split("\\+", 3);
    try {
      if (parts.length == 3 && isName(parts[0])) {
        byte[] typedKey = Base64.getDecoder().decode(parts[2]);
        if (typedKey.length == 1 + Ed25519.PUBLIC_KEY_BYTES && typedKey[0] == ED25519) {
          byte[] raw = Arrays.copyOfRange(typedKey, 1, typedKey.length);
          VerificationKey key =
              new VerificationKey(Ed25519.publicKey("verifier key", Ed25519.spki(raw)));
          NoteVerifier verifier = new NoteVerifier(parts[0], key);
          if (HexFormat.of().toHexDigits(verifier.keyId).equals(parts[1])) {
            return verifier;
          }
        }
      }
    } catch (IllegalArgumentException e) {
      throw new AuditFormatException("verifier key: its last part is not base64", e);
    }
    throw new AuditFormatException(
        "verifier key: is not name+hash+key of an Ed25519 key with the hash that belongs to it");
  }

  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** The "vkey", to be given to auditors. */
  public String toVkey() {
    return name
        + "+"
        + HexFormat.of().toHexDigits(keyId)
        + "+"
        + Base64.getEncoder().encodeToString(typedKey(key));
  }

  public String name() {
    return name;
  }

  int keyId() {
    return keyId;
  }

  boolean verifies(byte[] text, byte[] signature) {
    return key.verifies(text, signature);
  }

  private static byte[] typedKey(VerificationKey key) {
    byte[] typed = new byte[1 + Ed25519.PUBLIC_KEY_BYTES];
    typed[0] = ED25519;
    System.arraycopy(key.raw(), 0, typed, 1, Ed25519.PUBLIC_KEY_BYTES);
    return typed;
  }

  @Override
  public String toString() {
    return "NoteVerifier[" + toVkey() + "]";
  }
}
