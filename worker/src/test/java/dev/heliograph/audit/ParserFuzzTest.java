package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever bytes they get, parsers return or throw {@link AuditFormatException}, one line long. */
class ParserFuzzTest {
  private static final int ROUNDS = 4_000;

  private static final List<String> TOKENS =
      List.of(
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
          "\\");

  /** What is parsed. */
  private interface Parser {
    void parse(byte[] bytes);
  }

  private static void fuzz(byte[] seed, Parser parser) {
    Random random = new Random(5);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = mutate(seed, random);
      try {
        parser.parse(bytes);
      } catch (AuditFormatException e) {
        refused++;
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        assertTrue(e.getMessage().length() < 1_000, e.getMessage());
      }
    }
    assertTrue(refused > ROUNDS / 4, "refused: " + refused);
  }

  private static byte[] mutate(byte[] seed, Random random) {
    byte[] bytes = seed.clone();
    for (int change = random.nextInt(3); change >= 0; change--) {
      int at = random.nextInt(bytes.length + 1);
      switch (random.nextInt(5)) {
        case 0 -> bytes = Arrays.copyOf(bytes, at);
        case 1 -> bytes = splice(bytes, at, at, new byte[] {(byte) random.nextInt(256)});
        case 2 -> {
          String token = TOKENS.get(random.nextInt(TOKENS.size()));
          bytes = splice(bytes, at, at, token.getBytes(StandardCharsets.UTF_8));
        }
        case 3 -> {
          int end = Math.min(bytes.length, at + random.nextInt(20));
          bytes = splice(bytes, at, end, new byte[0]);
        }
        default -> {
          int from = random.nextInt(bytes.length + 1);
          int to = Math.min(bytes.length, from + random.nextInt(40));
          bytes = splice(bytes, at, at, Arrays.copyOfRange(bytes, from, to));
        }
      }
    }
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] middle) {
    byte[] result = new byte[from + middle.length + bytes.length - to];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(middle, 0, result, from, middle.length);
    System.arraycopy(bytes, to, result, from + middle.length, bytes.length - to);
    return result;
  }

  @Test
  void envelopes() {
    byte[] payload = "{}".getBytes(StandardCharsets.UTF_8);
    byte[] envelope =
        DsseEnvelope.sign(DsseEnvelope.IN_TOTO, payload, List.of(AuditExamples.key())).toBytes();

    fuzz(envelope, bytes -> DsseEnvelope.parse("envelope", bytes));
  }

  @Test
  void statements() {
    byte[] statement = DsseEnvelope.parse("record", AuditExamples.record("q1")).payload();

    fuzz(
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

    fuzz(entry, bytes -> LogEntry.parse("entry", bytes));
    fuzz(
        EntryBundle.write(List.of(entry, entry)),
        bytes -> EntryBundle.parse("bundle", bytes).forEach(e -> LogEntry.parse("entry", e)));
    fuzz(
        vkey.getBytes(StandardCharsets.UTF_8),
        bytes -> NoteVerifier.parse(new String(bytes, StandardCharsets.UTF_8)));
    fuzz(trusted, bytes -> TrustedKeys.parse("trusted", bytes));
    fuzz(
        AuditExamples.RFC_8410_PRIVATE.getBytes(StandardCharsets.UTF_8),
        bytes -> SigningKey.fromPem("key", new String(bytes, StandardCharsets.UTF_8)));
  }
}
