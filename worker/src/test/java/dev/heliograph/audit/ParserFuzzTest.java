package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.testing.Fuzz;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever bytes they get, parsers return or throw {@link AuditFormatException}, one line long. */
class ParserFuzzTest {
  private static final int MUTANTS = 4_000;

  private static final String[] TOKENS = {
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "null",
    "-1",
    "1e999999",
    "\\u0000",
    "\n",
    "\n\n",
    "\u2014 ",
    "+",
    "=",
    "\ud83d\ude00",
    "99999999999999999999",
    "0.1",
    "true",
    "\\"
  };

  private static void fuzz(String name, byte[] sound, Fuzz.Parser parser) {
    Fuzz.Result result =
        Fuzz.of(name)
            .corpus(sound)
            .tokens(TOKENS)
            .allowing(AuditFormatException.class)
            .mutants(MUTANTS)
            .run(parser);
    assertTrue(result.refused() > MUTANTS / 4, result::toString);
  }

  @Test
  void envelopes() {
    byte[] payload = "{}".getBytes(StandardCharsets.UTF_8);
    byte[] envelope =
        DsseEnvelope.sign(DsseEnvelope.IN_TOTO, payload, List.of(AuditExamples.key())).toBytes();

    fuzz("envelope", envelope, bytes -> DsseEnvelope.parse("envelope", bytes));
  }

  @Test
  void statements() {
    byte[] statement = DsseEnvelope.parse("record", AuditExamples.record("q1")).payload();

    fuzz(
        "statement",
        statement,
        bytes -> {
          Statement parsed = Statement.parse("statement", bytes);
          RecordedExplanation.of(parsed);
        });
  }

  @Test
  void notesAndCheckpoints() {
    NoteVerifier identity = new NoteVerifier("a.example", AuditExamples.key().publicKey());
    Checkpoint real = Checkpoint.sign(identity, AuditExamples.key(), 12, MerkleTree.emptyRoot());

    fuzz(
        "checkpoint",
        real.signed(),
        bytes -> {
          try {
            Checkpoint opened = Checkpoint.open("checkpoint", bytes, List.of(identity));
            assertEquals(12, opened.size());
            assertEquals(real.root(), opened.root());
          } catch (Checkpoint.UntrustedException e) {
            throw new AuditFormatException(e.getMessage());
          }
        });
  }

  @Test
  void entriesBundlesAndKeys() {
    byte[] entry = LogExamples.entry(1).toBytes();
    String vkey = new NoteVerifier("a.example", AuditExamples.key().publicKey()).toVkey();
    byte[] trusted =
        ("{\"keys\":[{\"publicKey\":\""
                + AuditExamples.RFC_8410_PUBLIC.replace("\n", "\\n")
                + "\"}]}")
            .getBytes(StandardCharsets.UTF_8);

    fuzz("log entry", entry, bytes -> LogEntry.parse("entry", bytes));
    fuzz(
        "entry bundle",
        EntryBundle.write(List.of(entry, entry)),
        bytes ->
            EntryBundle.parse("bundle", bytes, Tile.FULL).forEach(e -> LogEntry.parse("entry", e)));
    fuzz(
        "verifier key",
        vkey.getBytes(StandardCharsets.UTF_8),
        bytes -> NoteVerifier.parse(new String(bytes, StandardCharsets.UTF_8)));
    fuzz("trusted keys", trusted, bytes -> TrustedKeys.parse("trusted", bytes));
    fuzz(
        "private key",
        AuditExamples.RFC_8410_PRIVATE.getBytes(StandardCharsets.UTF_8),
        bytes -> SigningKey.fromPem("key", new String(bytes, StandardCharsets.UTF_8)));
  }
}
