package dev.heliograph.app.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.audit.Statement;
import dev.heliograph.query.Addresses;
import java.net.URI;
import java.util.Locale;

/** What a record says, for people: who asked what and when, what answered, and why so. */
public final class RecordSummary {
  private static final int DIGEST_SHOWN = 12;

  private final StringBuilder out = new StringBuilder();

  private RecordSummary() {}

  public static String of(URI uri, Statement statement) {
    RecordSummary summary = new RecordSummary();
    summary.write(uri, statement);
    return summary.out.toString().replaceAll("[\\p{Cntrl}&&[^\n]]", "\uFFFD");
  }

  private void write(URI uri, Statement statement) {
    JsonNode predicate = statement.predicate();
    line("query", statement.queryId() + ", " + statement.outcome());
    line("record", uri.toString());
    line(
        "signed",
        statement.keyIds().isEmpty()
            ? "no: it says that it is unsigned"
            : "by key " + String.join(", ", statement.keyIds()) + " (run audit verify)");
    asked(predicate);
    line("attributes", predicate.at("/request/attributes").toString());
    when(predicate);
    computed(predicate);
    if (predicate.has("failure")) {
      JsonNode failure = predicate.get("failure");
      line("failure", failure.path("code").asText() + ": " + failure.path("message").asText());
    }
    result(predicate.path("result"));
  }

  private void asked(JsonNode predicate) {
    JsonNode request = predicate.path("request");
    JsonNode captions = request.path("captions");
    if (captions.has("text")) {
      captions.get("text").forEach(text -> line("caption", text.asText()));
    } else {
      captions.path("sha256").forEach(text -> line("caption", "sha256 " + text.asText()));
    }
    JsonNode reference = request.path("reference");
    if (!reference.isMissingNode()) {
      String place = Addresses.withoutCredentials(reference.path("uri").asText("inside the event"));
      String digest = predicate.at("/inputs/reference/sha256").asText("not read");
      line("reference", place + ", sha256 " + digest);
    }
    JsonNode delivery = predicate.path("delivery");
    if (delivery.has("topic")) {
      line(
          "event",
          delivery.path("topic").asText()
              + "-"
              + delivery.path("partition").asText()
              + "@"
              + delivery.path("offset").asText()
              + ", attempt "
              + delivery.path("attempt").asText());
    }
  }

  private void when(JsonNode predicate) {
    line("submitted", predicate.at("/request/submittedAt").asText());
    line(
        "answered",
        predicate.at("/times/startedAt").asText()
            + " to "
            + predicate.at("/times/completedAt").asText());
  }

  private void computed(JsonNode predicate) {
    JsonNode environment = predicate.path("environment");
    line(
        "worker",
        environment.path("worker").asText()
            + " "
            + environment.path("workerVersion").asText()
            + ", source "
            + environment.path("gitRevision").asText()
            + ", JDK "
            + environment.path("jdk").asText()
            + ", "
            + environment.path("device").asText()
            + " "
            + environment.path("precision").asText());
    line(
        "model",
        predicate.at("/models/clip/name").asText()
            + " "
            + digest(predicate.at("/models/clip/sha256"))
            + ", phi "
            + digest(predicate.at("/models/phi/sha256"))
            + ", tokenizer "
            + digest(predicate.at("/models/tokenizer/sha256")));
    JsonNode gallery = predicate.path("gallery");
    if (gallery.isObject()) {
      line(
          "gallery",
          gallery.path("name").asText()
              + "@"
              + gallery.path("version").asText()
              + ", "
              + gallery.path("size").asText()
              + " images, "
              + digest(gallery.path("sha256")));
    }
  }

  private void result(JsonNode result) {
    saliency("reference", "", result.path("referenceSaliency"));
    for (JsonNode image : result.path("ranking")) {
      saliency(
          "rank " + image.path("rank").asText(),
          image.path("image").asText()
              + String.format(Locale.ROOT, "  %.4f", image.path("similarity").doubleValue()),
          image.path("saliency"));
    }
    for (JsonNode warning : result.path("warnings")) {
      line("warning", warning.path("code").asText() + ": " + warning.path("subject").asText());
    }
  }

  private void saliency(String name, String text, JsonNode saliency) {
    if (!text.isEmpty() || saliency.has("explainedScore")) {
      String explained =
          saliency.has("explainedScore")
              ? String.format(
                  Locale.ROOT,
                  "  explained %s %.4f",
                  saliency.path("method").asText(),
                  saliency.path("explainedScore").doubleValue())
              : "";
      line(name, (text + explained).strip());
    }
    for (String file : new String[] {"heatmap", "array"}) {
      if (saliency.has(file)) {
        line("", saliency.path(file).path("uri").asText());
      }
    }
  }

  private static String digest(JsonNode sha256) {
    String text = sha256.asText();
    return text.substring(0, Math.min(DIGEST_SHOWN, text.length()));
  }

  private void line(String name, String value) {
    out.append(String.format("%-11s %s%n", name, value.replaceAll("[\\r\\n]", " ")));
  }
}
