package dev.heliograph.audit;

import java.security.PublicKey;

/**
 * An Ed25519 public key. Its id is the lower-case hex sha256 of its SubjectPublicKeyInfo in DER:
 * {@code openssl pkey -pubin -in key.pub -outform DER | sha256sum}.
 */
public final class VerificationKey {
  private final PublicKey key;
  private final String id;

  VerificationKey(PublicKey key) {
    this.key = key;
    this.id = Digests.hex(key.getEncoded());
  }

  /**
   * @param name what to call the key in messages
   * @param pem a {@code PUBLIC KEY} block
   * @throws AuditFormatException if it is not an Ed25519 key
   */
  public static VerificationKey fromPem(String name, String pem) {
    return new VerificationKey(Ed25519.publicKey(name, Pem.decode(name, Pem.PUBLIC, pem)));
  }

  public String id() {
    return id;
  }

  public String toPem() {
    return Pem.encode(Pem.PUBLIC, key.getEncoded());
  }

  boolean verifies(byte[] message, byte[] signature) {
    return Ed25519.verify(key, message, signature);
  }

  /** As RFC 8032 encodes it, 32 bytes. */
  byte[] raw() {
    return Ed25519.raw(key);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerificationKey that && id.equals(that.id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return "VerificationKey[" + id + "]";
  }
}
