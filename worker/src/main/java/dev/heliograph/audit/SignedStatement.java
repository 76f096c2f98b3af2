package dev.heliograph.audit;

/** A record as it was read: the envelope, and the statement in it. Nothing of it is verified. */
public record SignedStatement(DsseEnvelope envelope, Statement statement) {
  /**
   * @param name of the record, for messages
   * @throws AuditFormatException if the bytes are no record
   */
  public static SignedStatement parse(String name, byte[] record) {
    DsseEnvelope envelope = DsseEnvelope.parse(name, record);
    if (!envelope.payloadType().equals(DsseEnvelope.IN_TOTO)) {
      throw new AuditFormatException(name + ".payloadType: is not " + DsseEnvelope.IN_TOTO);
    }
    return new SignedStatement(envelope, Statement.parse(name, envelope.payload()));
  }
}
