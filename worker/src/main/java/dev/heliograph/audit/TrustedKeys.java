package dev.heliograph.audit;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys an auditor trusts, each for a time: a key that was replaced goes on verifying what it
 * signed before. As a file:
 *
 * <pre>{@code
 * {"keys": [{"publicKey": "-----BEGIN PUBLIC KEY-----\n…", "validFrom": "2026-01-01T00:00:00Z",
 *            "validUntil": "2027-01-01T00:00:00Z"}]}
 * }</pre>
 */
public final class TrustedKeys {
  /**
   * A key and when it may have signed.
   *
   * @param validFrom inclusive; empty: always
   * @param validUntil exclusive; empty: not replaced yet
   */
  public record Validity(
      VerificationKey key, Optional<Instant> validFrom, Optional<Instant> validUntil) {
    boolean covers(Instant time) {
      return validFrom.map(from -> !time.isBefore(from)).orElse(true)
          && validUntil.map(time::isBefore).orElse(true);
    }

    String describe() {
      return "valid from "
          + validFrom.map(Instant::toString).orElse("ever")
          + " until "
          + validUntil.map(Instant::toString).orElse("further notice");
    }
  }

  private final Map<String, Validity> keys = new LinkedHashMap<>();

  /**
   * @throws IllegalArgumentException if a key is listed twice
   */
  public TrustedKeys(List<Validity> keys) {
    for (Validity key : keys) {
      if (this.keys.put(key.key().id(), key) != null) {
        throw new IllegalArgumentException("trusted key " + key.key().id() + ": is listed twice");
      }
    }
  }

  /** Trusts one key, whenever it signed. */
  public static TrustedKeys only(VerificationKey key) {
    return new TrustedKeys(List.of(new Validity(key, Optional.empty(), Optional.empty())));
  }

  /**
   * @param name of the document, for messages
   * @throws AuditFormatException if it is not such a file
   */
  public static TrustedKeys parse(String name, byte[] json) {
    List<Validity> keys = new ArrayList<>();
    for (StrictJson entry : StrictJson.parse(name, json).array("keys")) {
      String keyName = name + ": keys[" + keys.size() + "]";
      keys.add(
          new Validity(
              VerificationKey.fromPem(keyName, entry.text("publicKey")),
              time(entry, "validFrom"),
              time(entry, "validUntil")));
    }
    try {
      return new TrustedKeys(keys);
    } catch (IllegalArgumentException e) {
      throw new AuditFormatException(name + ": " + e.getMessage(), e);
    }
  }

  private static Optional<Instant> time(StrictJson entry, String field) {
    return entry
        .optional(field)
        .map(
            value -> {
              try {
                return Instant.parse(value.text());
              } catch (DateTimeException e) {
                throw value.wrong("a time such as 2026-01-01T00:00:00Z");
              }
            });
  }

  public boolean isEmpty() {
    return keys.isEmpty();
  }

  Optional<Validity> find(String keyId) {
    return Optional.ofNullable(keys.get(keyId));
  }

  List<Validity> all() {
    return List.copyOf(keys.values());
  }
}
