package dev.heliograph.events.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.events.CancellationRequested;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.QueryRequested;
import dev.heliograph.events.QueryStatus;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The compatibility rule, FULL_TRANSITIVE, and what makes the schemas fit for it. */
class SchemaEvolutionTest {
  static {
    EventClasses.trust();
  }

  static Stream<Schema> current() {
    return Stream.of(
        QueryRequested.getClassSchema(),
        QueryCompletion.getClassSchema(),
        CancellationRequested.getClassSchema(),
        QueryStatus.getClassSchema());
  }

  @ParameterizedTest
  @MethodSource("current")
  void currentReadsAndIsReadByEveryReleasedSchema(Schema current) {
    List<Schema> released = ReleasedSchemas.of(current);
    assertFalse(released.isEmpty(), "no released schema of " + current.getName());
    for (int i = 0; i < released.size(); i++) {
      String release = current.getName() + "-" + (i + 1);
      assertReads(current, released.get(i), "current cannot read " + release);
      assertReads(released.get(i), current, release + " cannot read current");
    }
  }

  @ParameterizedTest
  @MethodSource("current")
  void currentIsTheNewestReleaseOrNew(Schema current) {
    List<Schema> released = ReleasedSchemas.of(current);
    int same = -1;
    for (int i = 0; i < released.size(); i++) {
      if (normal(released.get(i)).equals(normal(current))) {
        same = i;
      }
    }
    assertTrue(
        same == -1 || same == released.size() - 1,
        () -> current.getName() + " is an older release than the newest");
  }

  @Test
  void releasedFilesAreNumberedWithoutGaps() throws Exception {
    Path folder = Path.of("src/main/resources/dev/heliograph/events/released");
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          files.count(), current().mapToLong(schema -> ReleasedSchemas.of(schema).size()).sum());
    }
  }

  @ParameterizedTest
  @MethodSource("current")
  void everyTypeAndFieldIsDocumented(Schema current) {
    assertDocumented(current, new HashSet<>());
  }

  @Test
  void anOlderReaderSeesALaterOutcomeAsFailed() throws Exception {
    Schema later =
        new Schema.Parser()
            .parse(
                QueryCompletion.getClassSchema()
                    .toString()
                    .replace("\"CANCELLED\"]", "\"CANCELLED\",\"MISLAID\"]"));
    assertReads(QueryCompletion.getClassSchema(), later, "an added outcome breaks older readers");

    Schema outcomes = later.getField("outcome").schema();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    new SpecificDatumWriter<Object>(outcomes)
        .write(new org.apache.avro.generic.GenericData.EnumSymbol(outcomes, "MISLAID"), encoder);
    Outcome seen =
        new SpecificDatumReader<Outcome>(outcomes, Outcome.getClassSchema())
            .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
    assertEquals(Outcome.FAILED, seen);
  }

  @Test
  void theFirstReleaseReadsCancelledAsFailed() throws Exception {
    QueryCompletion cancelled =
        QueryCompletion.newBuilder()
            .setQueryId("q-1")
            .setOutcome(Outcome.CANCELLED)
            .setSubmittedAt(TestEvents.NOON)
            .setStartedAt(TestEvents.NOON)
            .setCompletedAt(TestEvents.NOON)
            .build();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    new SpecificDatumWriter<>(QueryCompletion.class).write(cancelled, encoder);
    Schema first = ReleasedSchemas.of(QueryCompletion.getClassSchema()).get(0);
    var reader = new GenericDatumReader<GenericRecord>(QueryCompletion.getClassSchema(), first);
    GenericRecord seen =
        reader.read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
    assertEquals("FAILED", seen.get("outcome").toString());
  }

  private static void assertReads(Schema reader, Schema writer, String message) {
    var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
    assertEquals(
        SchemaCompatibilityType.COMPATIBLE,
        result.getType(),
        () -> message + ": " + result.getResult().getIncompatibilities());
  }

  /** Without the Java string type, which generated classes add to the schema of their file. */
  private static String normal(Schema schema) {
    return schema
        .toString()
        .replace("{\"type\":\"string\",\"avro.java.string\":\"String\"}", "\"string\"")
        .replace(",\"avro.java.string\":\"String\"", "");
  }

  private static void assertDocumented(Schema schema, Set<String> seen) {
    switch (schema.getType()) {
      case RECORD -> {
        if (seen.add(schema.getFullName())) {
          assertHasText(schema.getDoc(), schema.getFullName());
          for (Schema.Field field : schema.getFields()) {
            assertHasText(field.doc(), schema.getName() + "." + field.name());
            assertDocumented(field.schema(), seen);
          }
        }
      }
      case ENUM -> {
        assertHasText(schema.getDoc(), schema.getFullName());
        assertTrue(schema.getEnumDefault() != null, schema.getFullName() + " has no default");
      }
      case ARRAY -> assertDocumented(schema.getElementType(), seen);
      case MAP -> assertDocumented(schema.getValueType(), seen);
      case UNION -> schema.getTypes().forEach(branch -> assertDocumented(branch, seen));
      default -> {}
    }
  }

  private static void assertHasText(String doc, String what) {
    assertTrue(doc != null && !doc.isBlank(), what + " has no doc");
  }
}
