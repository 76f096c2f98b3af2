package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DsseEnvelopeTest {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static DsseEnvelope parse(String json) {
    return DsseEnvelope.parse("envelope", utf8(json));
  }

  /** The test vector of DSSE's protocol.md. */
  @Test
  void encodesForSigningAsTheSpecificationDoes() {
    byte[] encoding =
        DsseEnvelope.preAuthenticationEncoding(
            "http://example.com/HelloWorld", utf8("hello world"));

    assertArrayEquals(utf8("DSSEv1 29 http://example.com/HelloWorld 11 hello world"), encoding);
  }

  @Test
  void countsBytesNotCharacters() {
    assertArrayEquals(
        utf8("DSSEv1 2 \u00fc 3 \u20ac"),
        DsseEnvelope.preAuthenticationEncoding("\u00fc", utf8("\u20ac")));
  }

  /** The envelope of DSSE's protocol.md; its ECDSA signature is none that we verify. */
  @Test
  void readsTheSpecificationsEnvelope() {
    DsseEnvelope envelope =
        parse(
            "{\"payload\": \"aGVsbG8gd29ybGQ=\", \"payloadType\":"
                + " \"http://example.com/HelloWorld\", \"signatures\": [{\"sig\":"
                + " \"A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCU"
                + "jW2JIZA==\"}]}");

    assertArrayEquals(utf8("hello world"), envelope.payload());
    assertEquals("", envelope.signatures().get(0).keyId());
    assertEquals(64, envelope.signatures().get(0).bytes().length);
  }

  @Test
  void carriesSeveralSignaturesThatEachVerify() {
    SigningKey one = AuditExamples.key();
    SigningKey two = SigningKey.generate();
    DsseEnvelope envelope = DsseEnvelope.sign(DsseEnvelope.IN_TOTO, utf8("{}"), List.of(one, two));

    DsseEnvelope read = DsseEnvelope.parse("envelope", envelope.toBytes());

    assertEquals(envelope, read);
    byte[] message = read.preAuthenticationEncoding();
    assertEquals(one.id(), read.signatures().get(0).keyId());
    assertTrue(one.publicKey().verifies(message, read.signatures().get(0).bytes()));
    assertTrue(two.publicKey().verifies(message, read.signatures().get(1).bytes()));
    assertFalse(two.publicKey().verifies(message, read.signatures().get(0).bytes()));
  }

  @Test
  void theSameKeyAndPayloadGiveTheSameBytes() {
    assertArrayEquals(
        AuditExamples.record("q1", AuditExamples.key()),
        AuditExamples.record("q1", AuditExamples.key()));
  }

  @Test
  void readsUrlSafeBase64AndIgnoresUnknownFields() {
    DsseEnvelope envelope =
        parse("{\"payload\":\"-_8=\",\"payloadType\":\"t\",\"signatures\":[],\"more\":{}}");

    assertArrayEquals(new byte[] {(byte) 0xfb, (byte) 0xff}, envelope.payload());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "null",
        "{\"payload\":\"\",\"payloadType\":\"t\"}",
        "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":{}}",
        "{\"payload\":\"*\",\"payloadType\":\"t\",\"signatures\":[]}",
        "{\"payload\":\"\",\"payloadType\":7,\"signatures\":[]}",
        "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[{}]}",
        "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[\"s\"]}",
        "{\"payload\":\"\",\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[]}",
        "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[]} {}",
        "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[],}"
      })
  void refusesWhatIsNoEnvelope(String json) {
    AuditFormatException e = assertThrows(AuditFormatException.class, () -> parse(json));

    assertTrue(e.getMessage().startsWith("envelope"), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
  }

  @Test
  void refusesTooManySignaturesAndTooDeepANesting() {
    String signatures = "{\"sig\":\"\"},".repeat(101);
    String many =
        "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":["
            + signatures.substring(0, signatures.length() - 1)
            + "]}";

    assertThrows(AuditFormatException.class, () -> parse(many));
    assertThrows(AuditFormatException.class, () -> parse("[".repeat(100_000)));
    assertThrows(
        AuditFormatException.class,
        () -> DsseEnvelope.parse("envelope", new byte[] {'"', (byte) 0xff, '"'}));
  }

  /** Of two characters each, and some hundred bytes once they are read. */
  @Test
  void refusesADocumentOfMillionsOfTinyValues() {
    byte[] json =
        ("{\"x\":[" + "[],".repeat(10_000_000) + "[]]}").getBytes(StandardCharsets.US_ASCII);

    AuditFormatException e =
        assertThrows(AuditFormatException.class, () -> DsseEnvelope.parse("record", json));

    assertTrue(e.getMessage().startsWith("record: is not JSON: Token count"), e.getMessage());
  }
}
