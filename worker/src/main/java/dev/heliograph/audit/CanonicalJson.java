package dev.heliograph.audit;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes JSON as RFC 8785 (JSON Canonicalization Scheme) has it: keys sorted by UTF-16 code units,
 * no white space, one spelling for each string and number. Equal values give equal bytes, on every
 * JDK. Values are maps with string keys, lists, strings, booleans, integers, floats and doubles. An
 * unpaired surrogate, which UTF-8 cannot hold, becomes U+FFFD.
 */
final class CanonicalJson {
  private final StringBuilder out = new StringBuilder(1024);

  private CanonicalJson() {}

  static byte[] write(Object value) {
    CanonicalJson json = new CanonicalJson();
    json.append(value);
    return json.out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void append(Object value) {
    if (value instanceof Map<?, ?> map) {
      object(map);
    } else if (value instanceof List<?> list) {
      array(list);
    } else if (value instanceof String text) {
      string(text);
    } else if (value instanceof Boolean bool) {
      out.append(bool.booleanValue());
    } else if (value instanceof Float number) {
      out.append(CanonicalNumber.of(number.floatValue()));
    } else if (value instanceof Double number) {
      out.append(CanonicalNumber.of(number.doubleValue()));
    } else if (value instanceof Integer || value instanceof Long) {
      out.append(CanonicalNumber.of(((Number) value).longValue()));
    } else {
      throw new AssertionError(value.getClass());
    }
  }

  private void object(Map<?, ?> map) {
    Map<String, Object> sorted = new TreeMap<>();
    map.forEach((key, member) -> sorted.put((String) key, member));
    char separator = '{';
    for (Map.Entry<String, Object> member : sorted.entrySet()) {
      out.append(separator);
      string(member.getKey());
      out.append(':');
      append(member.getValue());
      separator = ',';
    }
    out.append(sorted.isEmpty() ? "{}" : "}");
  }

  private void array(List<?> list) {
    out.append('[');
    for (int i = 0; i < list.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      append(list.get(i));
    }
    out.append(']');
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        out.append(c).append(text.charAt(++i));
      } else if (Character.isSurrogate(c)) {
        out.append('\uFFFD');
      } else {
        character(c);
      }
    }
    out.append('"');
  }

  private void character(char c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\b' -> out.append("\\b");
      case '\t' -> out.append("\\t");
      case '\n' -> out.append("\\n");
      case '\f' -> out.append("\\f");
      case '\r' -> out.append("\\r");
      default -> {
        if (c < 0x20) {
          out.append(String.format("\\u%04x", (int) c));
        } else {
          out.append(c);
        }
      }
    }
  }
}
