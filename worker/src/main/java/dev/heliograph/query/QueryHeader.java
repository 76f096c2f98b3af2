package dev.heliograph.query;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What is needed to address an answer, whatever else is wrong with the query.
 *
 * @param attributes the sender's own, echoed in the completion
 */
public record QueryHeader(String queryId, Instant submittedAt, Map<String, String> attributes) {
  /** Query ids become part of object keys, hence the narrow alphabet. */
  private static final Pattern QUERY_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  public QueryHeader {
    Objects.requireNonNull(submittedAt, "submittedAt");
    attributes = Map.copyOf(attributes);
    if (!isUsableQueryId(queryId)) {
      throw new QueryFailedException(
          FailureCode.MALFORMED_EVENT,
          "queryId: \"" + Text.shorten(queryId) + "\" is not 1 to 128 of [A-Za-z0-9._-]");
    }
  }

  /** 1 to 128 of {@code [A-Za-z0-9._-]}, and not only dots. */
  public static boolean isUsableQueryId(String queryId) {
    return QUERY_ID.matcher(queryId).matches() && !queryId.matches("\\.+");
  }
}
