package dev.heliograph.demo.page;

import dev.heliograph.query.Answer;
import dev.heliograph.query.Provenance;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The foldable part of an entry that says what computed the answer, and how long each stage took.
 */
final class Computation {
  private static final int DIGEST_SHOWN = 12;

  private Computation() {}

  static String render(Answer answer) {
    StringBuilder html =
        new StringBuilder("<details>\n<summary>How this was computed</summary>\n<dl>\n");
    facts(answer.provenance())
        .forEach(
            (name, value) ->
                html.append("<dt>")
                    .append(name)
                    .append("</dt><dd>")
                    .append(value)
                    .append("</dd>\n"));
    answer
        .resultDocument()
        .ifPresent(
            document ->
                html.append("<dt>all of it</dt><dd>")
                    .append(Html.link(document.url(), "results.json"))
                    .append("</dd>\n"));
    return html.append("</dl>\n").append(timings(answer)).append("</details>\n").toString();
  }

  private static Map<String, String> facts(Provenance provenance) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("model", Html.name(provenance.clipModel()) + " " + digest(provenance.clipSha256()));
    facts.put("phi", Html.name(provenance.evalType()) + " " + digest(provenance.phiSha256()));
    facts.put("preprocessing", provenance.preprocess().name().toLowerCase(Locale.ROOT));
    facts.put(
        "gallery",
        Html.name(provenance.gallery() + "@" + provenance.galleryVersion())
            + ", "
            + provenance.gallerySize()
            + " pictures "
            + digest(provenance.gallerySha256()));
    facts.put("worker", Html.name(provenance.worker() + " " + provenance.workerVersion()));
    facts.put("device", Html.name(provenance.device() + ", " + provenance.precision()));
    return facts;
  }

  private static String digest(String sha256) {
    if (sha256.isEmpty()) {
      return "";
    }
    String shown = sha256.substring(0, Math.min(DIGEST_SHOWN, sha256.length()));
    return "<code title=\"sha256 " + Html.text(sha256) + "\">" + Html.text(shown) + "</code>";
  }

  /** Stages by falling time, with bars in proportion to the longest. */
  private static String timings(Answer answer) {
    if (answer.timings().isEmpty()) {
      return "";
    }
    double longest =
        answer.timings().values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    StringBuilder html = new StringBuilder("<table>\n<caption>Milliseconds by stage</caption>\n");
    answer.timings().entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .forEach(entry -> html.append(row(entry.getKey(), entry.getValue(), longest)));
    return html.append("</table>\n").toString();
  }

  private static String row(String stage, double milliseconds, double longest) {
    return String.format(
        Locale.ROOT,
        "<tr><th scope=\"row\">%s</th><td>%.1f</td>"
            + "<td class=\"bar\"><i style=\"width:%.1f%%\"></i></td></tr>\n",
        Html.name(stage),
        milliseconds,
        longest > 0 ? 100 * milliseconds / longest : 0);
  }
}
