package dev.heliograph.audit;

import dev.heliograph.query.Text;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether a record is signed by a key that was trusted when it was signed. */
final class SignatureCheck {
  private final TrustedKeys trusted;

  SignatureCheck(TrustedKeys trusted) {
    this.trusted = trusted;
  }

  Check check(String object, DsseEnvelope envelope, Statement statement) {
    Instant time = statement.recordedAt();
    if (envelope.signatures().isEmpty()) {
      return unsigned(object, statement, time);
    }
    if (trusted.isEmpty()) {
      return check(object, Verdict.COULD_NOT_CHECK, "no trusted key was given");
    }
    byte[] message = envelope.preAuthenticationEncoding();
    List<String> findings = new ArrayList<>();
    Verdict verdict = Verdict.FAILED;
    for (DsseEnvelope.Signature signature : envelope.signatures()) {
      Optional<TrustedKeys.Validity> signer = signer(message, signature);
      if (signer.isEmpty()) {
        findings.add(unknownOrBroken(signature));
      } else if (!signer.get().covers(time)) {
        findings.add(
            "key "
                + signer.get().key().id()
                + " signed at "
                + time
                + ", but it is "
                + signer.get().describe());
      } else {
        verdict = Verdict.VERIFIED;
        findings.add("signed by key " + signer.get().key().id());
      }
    }
    return check(object, verdict, String.join("; ", findings));
  }

  /** The key id only says where to look first: what counts is which key verifies. */
  private Optional<TrustedKeys.Validity> signer(byte[] message, DsseEnvelope.Signature signature) {
    Optional<TrustedKeys.Validity> named = trusted.find(signature.keyId());
    List<TrustedKeys.Validity> candidates =
        named.map(List::of).orElseGet(signature.keyId().isEmpty() ? trusted::all : List::of);
    return candidates.stream()
        .filter(candidate -> candidate.key().verifies(message, signature.bytes()))
        .findFirst();
  }

  private String unknownOrBroken(DsseEnvelope.Signature signature) {
    String keyId = Text.shorten(signature.keyId());
    if (trusted.find(signature.keyId()).isPresent()) {
      return "the signature by key " + keyId + " does not fit the record: one of them was changed";
    }
    return signature.keyId().isEmpty()
        ? "a signature fits none of the trusted keys"
        : "key " + keyId + " is not trusted";
  }

  /**
   * An unsigned record is wrong if it says it was signed, or if there was a key to sign it. From a
   * time before the first key, there is nothing to check.
   */
  private Check unsigned(String object, Statement statement, Instant time) {
    if (!statement.keyIds().isEmpty()) {
      return check(object, Verdict.FAILED, "is unsigned, though it says that it was signed");
    }
    if (trusted.all().stream().anyMatch(key -> key.covers(time))) {
      return check(object, Verdict.FAILED, "is unsigned, though a key was in use at " + time);
    }
    return check(object, Verdict.COULD_NOT_CHECK, "is unsigned, and says so");
  }

  private static Check check(String object, Verdict verdict, String detail) {
    return new Check(Check.Kind.SIGNATURE, object, verdict, detail);
  }
}
