package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {
  @TempDir Path folder;

  @Test
  void derivesThePublicKeyThatRfc8410Prints() {
    SigningKey key = AuditExamples.key();

    assertEquals(AuditExamples.RFC_8410_PUBLIC, key.publicKey().toPem());
    assertEquals(VerificationKey.fromPem("public", AuditExamples.RFC_8410_PUBLIC), key.publicKey());
  }

  @Test
  void signsAsRfc8032Does() {
    byte[] seed =
        HexFormat.of().parseHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    byte[] pkcs8 =
        HexFormat.of()
            .parseHex("302e020100300506032b657004220420" + HexFormat.of().formatHex(seed));
    SigningKey key = SigningKey.fromPem("test 2", Pem.encode(Pem.PRIVATE, pkcs8));

    assertEquals(
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        HexFormat.of().formatHex(key.publicKey().raw()));
    assertEquals(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        HexFormat.of().formatHex(key.sign(new byte[] {0x72})));
  }

  @Test
  void keyIdIsTheSha256OfTheSubjectPublicKeyInfo() {
    byte[] spki =
        Base64.getDecoder().decode("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=");

    assertEquals(Digests.hex(spki), AuditExamples.key().id());
  }

  @Test
  void generatesAPairThatOnlyTheOwnerCanReadAndOverwritesNothing() throws Exception {
    Path file = folder.resolve("audit.key");

    VerificationKey key = KeyGenerator.generate(file);

    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(key, SigningKey.read(file).publicKey());
    assertEquals(
        key, VerificationKey.fromPem("pub", Files.readString(folder.resolve("audit.key.pub"))));
    assertThrows(FileAlreadyExistsException.class, () -> KeyGenerator.generate(file));
    Files.delete(file);
    assertThrows(FileAlreadyExistsException.class, () -> KeyGenerator.generate(file));
    assertFalse(Files.exists(file));
    assertNotEquals(key, KeyGenerator.generate(folder.resolve("other.key")));
  }

  @Test
  void theSecretShowsInNoStringAndNoMessage() {
    String secret = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp";
    String broken = AuditExamples.RFC_8410_PRIVATE.replace("MC4CAQAw", "MC4CAQAx");
    String garbled = AuditExamples.RFC_8410_PRIVATE.replace("MC4CAQAw", "MC4C*QAw");

    assertFalse(AuditExamples.key().toString().contains(secret.substring(24)));
    for (String pem : List.of(broken, garbled)) {
      AuditFormatException e =
          assertThrows(AuditFormatException.class, () -> SigningKey.fromPem("KEY", pem));
      assertTrue(e.getMessage().startsWith("KEY: "), e.getMessage());
      assertEquals(null, e.getCause());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no key",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY----------BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----",
        // an X25519 key
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9E"
            + "dVhC\n-----END PRIVATE KEY-----"
      })
  void refusesWhatIsNoEd25519Key(String pem) {
    assertThrows(AuditFormatException.class, () -> SigningKey.fromPem("key", pem));
    assertThrows(AuditFormatException.class, () -> VerificationKey.fromPem("key", pem));
  }

  @Test
  void refusesAPemBlockWhoseMarkersShareTheirDashes() {
    String pem = "-----BEGIN PRIVATE KEY-----END PRIVATE KEY-----";
    assertThrows(AuditFormatException.class, () -> SigningKey.fromPem("key", pem));
  }

  @Test
  void readsTrustedKeysWithTheirTimes() {
    String json =
        "{\"keys\": [{\"publicKey\": \""
            + AuditExamples.RFC_8410_PUBLIC.replace("\n", "\\n")
            + "\", \"validFrom\": \"2026-01-01T00:00:00Z\", \"validUntil\":"
            + " \"2027-01-01T00:00:00Z\"}]}";

    TrustedKeys keys = TrustedKeys.parse("trusted", json.getBytes(StandardCharsets.UTF_8));

    TrustedKeys.Validity key = keys.find(AuditExamples.key().id()).orElseThrow();
    assertTrue(key.covers(Instant.parse("2026-01-01T00:00:00Z")));
    assertFalse(key.covers(Instant.parse("2025-12-31T23:59:59Z")));
    assertFalse(key.covers(Instant.parse("2027-01-01T00:00:00Z")));
    assertEquals(Optional.empty(), keys.find("other"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"keys\": 3}",
        "{\"keys\": [{}]}",
        "{\"keys\": [{\"publicKey\": \"x\"}]}",
        "{\"keys\": [K, K]}",
        "{\"keys\": [{\"publicKey\": \"P\", \"validFrom\": \"yesterday\"}]}"
      })
  void refusesBadTrustedKeys(String json) {
    String pem = AuditExamples.RFC_8410_PUBLIC.replace("\n", "\\n");
    byte[] bytes =
        json.replace("K", "{\"publicKey\": \"P\"}")
            .replace("\"P\"", "\"" + pem + "\"")
            .getBytes(StandardCharsets.UTF_8);

    AuditFormatException e =
        assertThrows(AuditFormatException.class, () -> TrustedKeys.parse("trusted", bytes));
    assertTrue(e.getMessage().startsWith("trusted"), e.getMessage());
  }
}
