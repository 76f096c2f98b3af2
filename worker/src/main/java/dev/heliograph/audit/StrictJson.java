package dev.heliograph.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads JSON that may be hostile: UTF-8 only, no duplicate keys (two readers could see two
 * documents), nothing after the value, bounded depth and size. What is wrong is told by {@link
 * AuditFormatException}, with the document's name and the field's path.
 */
final class StrictJson {
  /** Base64 of the largest statement, with room for signatures. */
  static final int MAX_BYTES = 64 << 20;

  /** Over what the largest statement has; each takes some hundred bytes once it is read. */
  private static final long MAX_TOKENS = 4_000_000;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(64)
                          .maxTokenCount(MAX_TOKENS)
                          .maxStringLength(MAX_BYTES)
                          .maxNumberLength(64)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final String path;
  private final JsonNode node;

  private StrictJson(String path, JsonNode node) {
    this.path = path;
    this.node = node;
  }

  /**
   * @param name of the document, for messages
   */
  static StrictJson parse(String name, byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new AuditFormatException(
          name + ": " + bytes.length + " bytes, the limit is " + MAX_BYTES);
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      JsonNode root = MAPPER.readTree(text);
      if (root.isMissingNode()) {
        throw new AuditFormatException(name + ": is empty");
      }
      return new StrictJson(name, root);
    } catch (CharacterCodingException e) {
      throw new AuditFormatException(name + ": is not UTF-8", e);
    } catch (JsonProcessingException e) {
      throw new AuditFormatException(
          name + ": is not JSON: " + e.getOriginalMessage().replaceAll("\\p{Cntrl}+", " "), e);
    }
  }

  JsonNode node() {
    return node;
  }

  StrictJson object(String field) {
    StrictJson member = member(field);
    if (!member.node.isObject()) {
      throw member.wrong("an object");
    }
    return member;
  }

  Optional<StrictJson> optional(String field) {
    return node.has(field) ? Optional.of(member(field)) : Optional.empty();
  }

  List<StrictJson> array(String field) {
    StrictJson member = member(field);
    if (!member.node.isArray()) {
      throw member.wrong("an array");
    }
    List<StrictJson> elements = new ArrayList<>();
    for (JsonNode element : member.node) {
      elements.add(new StrictJson(member.path + "[" + elements.size() + "]", element));
    }
    return elements;
  }

  String text(String field) {
    return member(field).text();
  }

  String text() {
    if (!node.isTextual()) {
      throw wrong("a string");
    }
    return node.textValue();
  }

  boolean bool(String field) {
    StrictJson member = member(field);
    if (!member.node.isBoolean()) {
      throw member.wrong("true or false");
    }
    return member.node.booleanValue();
  }

  int integer(String field) {
    StrictJson member = member(field);
    if (!member.node.isInt()) {
      throw member.wrong("a 32-bit integer");
    }
    return member.node.intValue();
  }

  float decimal(String field) {
    return member(field).decimal();
  }

  /** A number, or one of the strings that stand for numbers which are not finite. */
  float decimal() {
    if (node.isNumber()) {
      // From the decimal itself: by way of a double it would be rounded twice.
      return node.decimalValue().floatValue();
    }
    String word = node.asText();
    if (word.equals("NaN") || word.equals("Infinity") || word.equals("-Infinity")) {
      return Float.parseFloat(word);
    }
    throw wrong("a number");
  }

  /** As {@link CanonicalJson} writes it. */
  Object plain() {
    return plain(node);
  }

  private Object plain(JsonNode value) {
    if (value.isObject()) {
      Map<String, Object> map = new TreeMap<>();
      value.properties().forEach(field -> map.put(field.getKey(), plain(field.getValue())));
      return map;
    }
    if (value.isArray()) {
      List<Object> list = new ArrayList<>();
      value.forEach(element -> list.add(plain(element)));
      return list;
    }
    if (value.isTextual()) {
      return value.textValue();
    }
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    if (value.isNumber()) {
      return value.canConvertToLong() && value.isIntegralNumber()
          ? (Object) value.longValue()
          : (Object) value.doubleValue();
    }
    throw wrong("made of objects, arrays, strings, numbers and booleans");
  }

  AuditFormatException wrong(String expected) {
    return new AuditFormatException(path + ": is not " + expected);
  }

  private StrictJson member(String field) {
    if (!node.isObject()) {
      throw wrong("an object");
    }
    JsonNode member = node.get(field);
    if (member == null) {
      throw new AuditFormatException(path + "." + field + ": is missing");
    }
    return new StrictJson(path + "." + field, member);
  }
}
