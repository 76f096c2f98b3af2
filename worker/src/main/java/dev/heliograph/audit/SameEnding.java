package dev.heliograph.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether one record can stand for another: they state the same request, outcome, failure code and
 * stored objects, and of a completed query the same answer by the same computation. An answer is
 * the same if its numbers are, bit for bit, for a completion states them beside the record's
 * address. When, where and at which attempt it was computed may differ, and how a warning is
 * worded.
 */
final class SameEnding {
  /** What a completed query's answer was made of, and from. */
  private static final List<String> COMPUTED =
      List.of("inputs", "gallery", "models", "preprocess", "method");

  private SameEnding() {}

  static boolean test(Statement one, Statement other) {
    return one.requestSha256().equals(other.requestSha256())
        && one.outcome().equals(other.outcome())
        && failureCode(one).equals(failureCode(other))
        && Set.copyOf(one.subjects()).equals(Set.copyOf(other.subjects()))
        && (!one.isCompleted() || sameAnswer(one.predicate(), other.predicate()));
  }

  private static Optional<String> failureCode(Statement statement) {
    return statement.strictPredicate().optional("failure").map(failure -> failure.text("code"));
  }

  private static boolean sameAnswer(JsonNode one, JsonNode other) {
    return COMPUTED.stream().allMatch(part -> one.path(part).equals(other.path(part)))
        && result(one).equals(result(other));
  }

  /** Of warnings only what and whom they concern. */
  private static JsonNode result(JsonNode predicate) {
    if (!(predicate.path("result") instanceof ObjectNode result)) {
      return predicate.path("result");
    }
    ArrayNode warnings = JsonNodeFactory.instance.arrayNode();
    for (JsonNode warning : result.path("warnings")) {
      warnings.addArray().add(warning.path("code")).add(warning.path("subject"));
    }
    ObjectNode compared = result.deepCopy();
    compared.set("warnings", warnings);
    return compared;
  }
}
