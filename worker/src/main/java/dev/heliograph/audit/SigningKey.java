package dev.heliograph.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;

/**
 * An Ed25519 key pair that signs records or checkpoints. The private key leaves it neither by
 * {@code toString} nor by an exception. Thread-safe. Signing is deterministic: the same key and
 * bytes give the same signature.
 */
public final class SigningKey {
  private static final long MAX_FILE_BYTES = 1 << 16;

  private final PrivateKey privateKey;
  private final VerificationKey publicKey;

  private SigningKey(PrivateKey privateKey, VerificationKey publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /**
   * @param name what to call the key in messages, for example the variable that holds it
   * @param pem a {@code PRIVATE KEY} block (PKCS#8), as {@code openssl genpkey -algorithm ed25519}
   *     and {@link KeyGenerator} write it
   * @throws AuditFormatException if it is not an Ed25519 key
   */
  public static SigningKey fromPem(String name, String pem) {
    PrivateKey key = Ed25519.privateKey(name, Pem.decode(name, Pem.PRIVATE, pem));
    return new SigningKey(key, new VerificationKey(Ed25519.publicKeyOf(name, key)));
  }

  /**
   * @throws AuditFormatException if the file does not hold an Ed25519 key
   * @throws IOException if it cannot be read
   */
  public static SigningKey read(Path file) throws IOException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new AuditFormatException(file + ": is too large for a key");
    }
    return fromPem(file.toString(), Files.readString(file));
  }

  /** A new key, known to nobody else. */
  public static SigningKey generate() {
    var pair = Ed25519.generate();
    return new SigningKey(pair.getPrivate(), new VerificationKey(pair.getPublic()));
  }

  public VerificationKey publicKey() {
    return publicKey;
  }

  public String id() {
    return publicKey.id();
  }

  byte[] sign(byte[] message) {
    return Ed25519.sign(privateKey, message);
  }

  /** The secret; for {@link KeyGenerator} alone. */
  String toPem() {
    return Pem.encode(Pem.PRIVATE, privateKey.getEncoded());
  }

  @Override
  public String toString() {
    return "SigningKey[" + id() + "]";
  }
}
