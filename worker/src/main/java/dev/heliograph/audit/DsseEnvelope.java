package dev.heliograph.audit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A signed document: DSSE 1.0.2 (github.com/secure-systems-lab/dsse) in its JSON form, with any
 * number of Ed25519 signatures. None is allowed: an unsigned record says so by its empty list. The
 * arrays are handed over: nobody writes to them afterwards.
 *
 * @param payload what was signed, byte for byte; never parsed again from the envelope
 */
public record DsseEnvelope(String payloadType, byte[] payload, List<Signature> signatures) {
  /** Of an in-toto statement. */
  public static final String IN_TOTO = "application/vnd.in-toto+json";

  private static final int MAX_SIGNATURES = 100;

  /**
   * One signature over {@link #preAuthenticationEncoding}.
   *
   * @param keyId a hint which key made it, never a proof; empty if not given
   */
  public record Signature(String keyId, byte[] bytes) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Signature that
          && keyId.equals(that.keyId)
          && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return 31 * keyId.hashCode() + Arrays.hashCode(bytes);
    }
  }

  public DsseEnvelope {
    signatures = List.copyOf(signatures);
  }

  /** Signs with each of the keys; with none, the envelope is unsigned. */
  public static DsseEnvelope sign(String payloadType, byte[] payload, List<SigningKey> keys) {
    byte[] message = preAuthenticationEncoding(payloadType, payload);
    List<Signature> signatures = new ArrayList<>();
    for (SigningKey key : keys) {
      signatures.add(new Signature(key.id(), key.sign(message)));
    }
    return new DsseEnvelope(payloadType, payload, signatures);
  }

  /**
   * Unknown fields are ignored, as the specification asks; a duplicate or missing field, a wrong
   * type or bad base64 is not.
   *
   * @param name of the document, for messages
   * @throws AuditFormatException if the bytes are not an envelope
   */
  public static DsseEnvelope parse(String name, byte[] json) {
    StrictJson envelope = StrictJson.parse(name, json);
    List<StrictJson> entries = envelope.array("signatures");
    if (entries.size() > MAX_SIGNATURES) {
      throw new AuditFormatException(
          name + ".signatures: " + entries.size() + ", the limit is " + MAX_SIGNATURES);
    }
    List<Signature> signatures = new ArrayList<>();
    for (StrictJson entry : entries) {
      String keyId = entry.optional("keyid").map(StrictJson::text).orElse("");
      signatures.add(
          new Signature(
              keyId,
              base64(name + ".signatures[" + signatures.size() + "].sig", entry.text("sig"))));
    }
    return new DsseEnvelope(
        envelope.text("payloadType"),
        base64(name + ".payload", envelope.text("payload")),
        signatures);
  }

  /** The JSON form; the same envelope gives the same bytes. */
  public byte[] toBytes() {
    Base64.Encoder base64 = Base64.getEncoder();
    List<Map<String, String>> entries = new ArrayList<>();
    for (Signature signature : signatures) {
      entries.add(Map.of("keyid", signature.keyId, "sig", base64.encodeToString(signature.bytes)));
    }
    return CanonicalJson.write(
        Map.of(
            "payload",
            base64.encodeToString(payload),
            "payloadType",
            payloadType,
            "signatures",
            entries));
  }

  /** What the signatures are over. */
  byte[] preAuthenticationEncoding() {
    return preAuthenticationEncoding(payloadType, payload);
  }

  static byte[] preAuthenticationEncoding(String payloadType, byte[] payload) {
    byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + type.length + 40);
    out.writeBytes(("DSSEv1 " + type.length + " ").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(type);
    out.writeBytes((" " + payload.length + " ").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(payload);
    return out.toByteArray();
  }

  /** Either alphabet, as the specification demands of verifiers. */
  private static byte[] base64(String name, String text) {
    try {
      boolean urlSafe = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
      return (urlSafe ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(text);
    } catch (IllegalArgumentException e) {
      throw new AuditFormatException(name + ": is not base64", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DsseEnvelope that
        && payloadType.equals(that.payloadType)
        && Arrays.equals(payload, that.payload)
        && signatures.equals(that.signatures);
  }

  @Override
  public int hashCode() {
    return 31 * payloadType.hashCode() + Arrays.hashCode(payload);
  }

  @Override
  public String toString() {
    return "DsseEnvelope["
        + payloadType
        + ", "
        + payload.length
        + " bytes, "
        + signatures.size()
        + " signatures]";
  }
}
