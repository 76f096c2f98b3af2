package dev.heliograph.audit;

import dev.heliograph.pipeline.EncodedObject;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryOutcome;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the signed record of each query, {@code attestation.json}. Thread-safe. The bytes depend on
 * the arguments and keys alone, yet times and attempt are among them: a redelivered query has
 * another record, which {@link RecordKeeper} compares with the one that is there.
 */
public final class ExplanationRecorder {
  public static final String MEDIA_TYPE = "application/vnd.dsse.envelope.v1+json";

  private static final Logger log = LoggerFactory.getLogger(ExplanationRecorder.class);

  private final List<SigningKey> keys;
  private final CaptionPolicy captions;

  /**
   * @param keys each signs every record; with none, records are unsigned and say so, and a warning
   *     is logged
   */
  public ExplanationRecorder(List<SigningKey> keys, CaptionPolicy captions) {
    this.keys = List.copyOf(keys);
    this.captions = captions;
    if (keys.isEmpty()) {
      log.warn("No audit signing key is configured: explanation records are unsigned.");
    }
  }

  /**
   * @param query empty if it could not be understood beyond its header
   */
  public EncodedObject record(Optional<Query> query, QueryOutcome outcome, AuditContext context) {
    List<String> keyIds = keys.stream().map(SigningKey::id).toList();
    byte[] statement = ExplanationRecord.compose(query, outcome, context, captions, keyIds);
    DsseEnvelope envelope = DsseEnvelope.sign(DsseEnvelope.IN_TOTO, statement, keys);
    return new EncodedObject(envelope.toBytes(), MEDIA_TYPE);
  }

  /**
   * Whether an object is a record of the same ending, signed by the same keys: then it stands for
   * the one just made. Times and attempts may differ.
   *
   * @param kept what is stored: it may be hostile
   */
  boolean says(byte[] kept, EncodedObject made) {
    try {
      SignedStatement stored = SignedStatement.parse("kept record", kept);
      SignedStatement fresh = SignedStatement.parse("record", made.bytes());
      return isSignedByAll(stored.envelope())
          && SameEnding.test(stored.statement(), fresh.statement());
    } catch (AuditFormatException e) {
      log.warn("What is in a record's place is none: {}", e.getMessage());
      return false;
    }
  }

  private boolean isSignedByAll(DsseEnvelope envelope) {
    byte[] message = envelope.preAuthenticationEncoding();
    return keys.stream()
        .map(SigningKey::publicKey)
        .allMatch(
            key ->
                envelope.signatures().stream()
                    .anyMatch(signature -> key.verifies(message, signature.bytes())));
  }
}
