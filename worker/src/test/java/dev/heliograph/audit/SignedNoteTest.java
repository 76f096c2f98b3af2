package dev.heliograph.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedNoteTest {
  /** From c2sp.org/signed-note. */
  private static final String SPEC_KEY =
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

  private static final String SPEC_NOTE =
      "This is an example message.\n\n"
          + "\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYj"
          + "OBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

  /** From the documentation of golang.org/x/mod/sumdb/note. */
  private static final String GO_KEY =
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

  private static final String GO_NOTE =
      "If you think cryptography is the answer to your problem,\n"
          + "then you don't know what your problem is.\n\n"
          + "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKv"
          + "qfqdngotpRZb6KE6RyyBwJnAM=\n";

  private static final String SECOND_SIGNATURE =
      "\u2014 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTG"
          + "wnWLox33WWd1RvMc+QQ=\n";

  private static SignedNote parse(String note) {
    return SignedNote.parse("note", note.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void verifiesTheSpecificationsExample() {
    assertTrue(parse(SPEC_NOTE).isSignedBy(List.of(NoteVerifier.parse(SPEC_KEY))));
    assertEquals("This is an example message.\n", parse(SPEC_NOTE).text());
  }

  @Test
  void verifiesGosExampleAndIgnoresTheSignatureOfAnUnknownKey() {
    NoteVerifier key = NoteVerifier.parse(GO_KEY);

    assertTrue(parse(GO_NOTE).isSignedBy(List.of(key)));
    assertTrue(parse(GO_NOTE + SECOND_SIGNATURE).isSignedBy(List.of(key)));
    assertEquals(2, parse(GO_NOTE + SECOND_SIGNATURE).signatures().size());
  }

  @Test
  void refusesAChangedTextAnotherKeyAndABadSignatureBesideAGoodOne() {
    NoteVerifier key = NoteVerifier.parse(GO_KEY);
    String bad = GO_NOTE.substring(GO_NOTE.indexOf('\u2014')).replace("x08go/ZJ", "x08go/ZK");

    assertFalse(parse(GO_NOTE.replace("answer", "Answer")).isSignedBy(List.of(key)));
    assertFalse(parse(GO_NOTE).isSignedBy(List.of(NoteVerifier.parse(SPEC_KEY))));
    assertFalse(parse(GO_NOTE).isSignedBy(List.of()));
    assertFalse(parse(GO_NOTE + bad).isSignedBy(List.of(key)));
  }

  @Test
  void writesVerifierKeysAsItReadsThem() {
    assertEquals(SPEC_KEY, NoteVerifier.parse(SPEC_KEY).toVkey());
    assertEquals(GO_KEY, NoteVerifier.parse(GO_KEY + "\n").toVkey());
  }

  @Test
  void signsWhatItVerifies() {
    SigningKey key = AuditExamples.key();
    NoteVerifier identity = new NoteVerifier("log.example/1", key.publicKey());

    SignedNote note = SignedNote.parse("note", SignedNote.sign("a\n\nb\n", identity, key));

    assertEquals("a\n\nb\n", note.text());
    assertTrue(note.isSignedBy(List.of(identity)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n\n\u2014 name AAAAAAA=",
        "text\n\n\u2014 name\n",
        "text\n\n\u2014 name AAAA\n",
        "text\n\n\u2014 name !!!!\n",
        "text\n\n\u2014 na me AAAAAAA=\n",
        "text\n\n\u2014 na+me AAAAAAA=\n",
        "text\n\n- name AAAAAAA=\n",
        "te\rxt\n\n\u2014 name AAAAAAA=\n",
        "text\n\n\u2014 name AAAAAAA=\nmore\n"
      })
  void refusesWhatIsNoNote(String note) {
    assertThrows(AuditFormatException.class, () -> parse(note));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a+b",
        "a+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AQ==",
        "example.com/foo+530d903a+*"
      })
  void refusesWhatIsNoVerifierKey(String vkey) {
    assertThrows(AuditFormatException.class, () -> NoteVerifier.parse(vkey));
  }
}
