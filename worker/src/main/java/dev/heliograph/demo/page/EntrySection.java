package dev.heliograph.demo.page;

import dev.heliograph.demo.page.PageEntry.Answered;
import dev.heliograph.demo.page.PageEntry.Unanswered;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.Failure;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.RgbImage;
import dev.heliograph.query.Saliency;
import dev.heliograph.query.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One query of the page: reference, best results with their maps, the rest, how it was computed.
 */
final class EntrySection {
  private static final int EXPLAINED = 3;
  private static final int SHOWN = 10;

  private final PagePictures pictures;

  EntrySection(PagePictures pictures) {
    this.pictures = pictures;
  }

  /** Rank of the true target among the results, or 0. */
  static int rankOf(Answered entry) {
    return entry.answer().results().stream()
        .filter(result -> isTarget(entry, result))
        .mapToInt(RankedImage::rank)
        .findFirst()
        .orElse(0);
  }

  String render(int number, PageEntry entry) {
    StringBuilder html = new StringBuilder("<article class=\"query\">\n");
    html.append("<header><p class=\"number\">").append(number).append("</p>\n<div>\n<h2>“");
    html.append(Html.name(entry.caption())).append("”</h2>\n<p class=\"id\">");
    html.append(Html.name(entry.queryId())).append("</p>\n</div>\n");
    if (entry instanceof Answered answered) {
      html.append(verdict(answered)).append("</header>\n").append(answer(answered));
    } else if (entry instanceof Unanswered unanswered) {
      html.append("<p class=\"verdict missed\">not answered</p></header>\n");
      html.append(unanswered(unanswered));
    } else {
      throw new AssertionError(entry);
    }
    return html.append("</article>\n").toString();
  }

  private static String verdict(Answered entry) {
    if (entry.target().isEmpty()) {
      return "";
    }
    int rank = rankOf(entry);
    if (rank == 0) {
      int results = entry.answer().results().size();
      return "<p class=\"verdict missed\">true target not among the first " + results + "</p>\n";
    }
    String mark = "<span class=\"tick\">✓</span> ";
    return "<p class=\"verdict found\">" + mark + "true target at rank " + rank + "</p>\n";
  }

  private String answer(Answered entry) {
    StringBuilder html = new StringBuilder("<div class=\"board\">\n").append(reference(entry));
    List<RankedImage> results = entry.answer().results();
    for (RankedImage result : results.subList(0, Math.min(EXPLAINED, results.size()))) {
      html.append(card(entry, result));
    }
    html.append("</div>\n");
    if (results.isEmpty()) {
      html.append("<p class=\"note\">No results.</p>\n");
    }
    if (results.size() > EXPLAINED) {
      html.append("<ol class=\"strip\" start=\"").append(EXPLAINED + 1).append("\">\n");
      for (RankedImage result : results.subList(EXPLAINED, Math.min(SHOWN, results.size()))) {
        html.append(thumbnail(entry, result));
      }
      html.append("</ol>\n");
    }
    return html.append(warnings(entry.answer().warnings()))
        .append(Computation.render(entry.answer()))
        .toString();
  }

  private String reference(Answered entry) {
    StringBuilder html = new StringBuilder("<figure class=\"reference\">\n<div class=\"pair\">");
    html.append(pictures.large(entry.reference(), "the reference picture"));
    Optional<Saliency> saliency = entry.answer().referenceSaliency();
    saliency.ifPresent(
        value ->
            html.append(
                pictures.overlay(entry.reference(), value.map(), "the reference with its map")));
    html.append("</div>\n<figcaption>\n<p class=\"rank\">Reference</p>\n");
    saliency.ifPresent(
        value -> {
          html.append(score("pseudo-word length", value.explainedScore()));
          html.append(emptiness(value));
          html.append(links(value));
        });
    return html.append("</figcaption>\n</figure>\n").toString();
  }

  private String card(Answered entry, RankedImage result) {
    boolean target = isTarget(entry, result);
    StringBuilder html =
        new StringBuilder("<figure class=\"result").append(target ? " target" : "").append("\">\n");
    html.append("<div class=\"pair\">").append(pair(result)).append("</div>\n<figcaption>\n");
    html.append("<p class=\"rank\">").append(result.rank()).append(tick(target)).append("</p>\n");
    html.append("<p class=\"name\">").append(Html.name(result.imageName())).append("</p>\n");
    html.append(score("similarity", result.similarity()));
    result
        .saliency()
        .ifPresent(
            value ->
                html.append(score("explained", value.explainedScore()))
                    .append(emptiness(value))
                    .append(links(value)));
    return html.append("</figcaption>\n</figure>\n").toString();
  }

  private String pair(RankedImage result) {
    Optional<RgbImage> image = pictures.find(result.imageName());
    if (image.isEmpty()) {
      return "<p class=\"absent\">no picture</p>";
    }
    String picture = pictures.large(image.get(), result.imageName());
    return picture
        + result
            .saliency()
            .map(value -> map(image.get(), value, result.imageName()))
            .orElse("<p class=\"absent\">no map</p>");
  }

  /** A picture that is no longer the one that was explained gets no map. */
  private String map(RgbImage image, Saliency saliency, String name) {
    boolean same =
        image.width() == saliency.map().geometry().width()
            && image.height() == saliency.map().geometry().height();
    return same
        ? pictures.overlay(image, saliency.map(), name + " with its map")
        : "<p class=\"absent\">the picture has changed</p>";
  }

  private String thumbnail(Answered entry, RankedImage result) {
    boolean target = isTarget(entry, result);
    String picture =
        pictures
            .find(result.imageName())
            .map(image -> pictures.small(image, result.imageName()))
            .orElse("<p class=\"absent\">no picture</p>");
    return "<li"
        + (target ? " class=\"target\"" : "")
        + " title=\""
        + Html.text(result.imageName())
        + "\">"
        + picture
        + "<p><b>"
        + result.rank()
        + tick(target)
        + "</b> <span>"
        + number(result.similarity())
        + "</span></p></li>\n";
  }

  private String unanswered(Unanswered entry) {
    Failure failure = entry.failure();
    return "<div class=\"board\">\n<figure class=\"reference\"><div class=\"pair\">"
        + pictures.large(entry.reference(), "the reference picture")
        + "</div></figure>\n<p class=\"failure\"><b>"
        + failure.code()
        + "</b> "
        + Html.name(failure.message())
        + "<br>after "
        + failure.attempts()
        + (failure.attempts() == 1 ? " attempt" : " attempts")
        + "</p>\n</div>\n";
  }

  private static String warnings(List<Warning> warnings) {
    return warnings.stream()
        .map(
            warning ->
                "<p class=\"warning\"><b>"
                    + warning.code()
                    + "</b> "
                    + Html.name(warning.subject())
                    + ": "
                    + Html.name(warning.message())
                    + "</p>\n")
        .collect(Collectors.joining());
  }

  private static String links(Saliency saliency) {
    List<String> links = new ArrayList<>();
    saliency.heatmap().ifPresent(artifact -> links.add(link(artifact, "overlay")));
    saliency.array().ifPresent(artifact -> links.add(link(artifact, "numbers")));
    return links.isEmpty() ? "" : "<p class=\"links\">" + String.join(" · ", links) + "</p>\n";
  }

  private static String link(Artifact artifact, String label) {
    String path = Optional.ofNullable(artifact.url().getPath()).orElse("");
    String extension = path.substring(path.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT);
    boolean named = extension.matches("[A-Z0-9]{1,5}");
    return Html.link(artifact.url(), named ? extension : label);
  }

  private static String score(String label, float value) {
    return "<p class=\"score\"><span>" + label + "</span> " + number(value) + "</p>\n";
  }

  private static String emptiness(Saliency saliency) {
    return saliency.map().maximum() > 0 ? "" : "<p class=\"empty\">no patch speaks for it</p>\n";
  }

  private static String number(float value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private static String tick(boolean target) {
    return target ? " <span class=\"tick\" title=\"the true target\">✓</span>" : "";
  }

  private static boolean isTarget(Answered entry, RankedImage result) {
    return entry.target().filter(result.imageName()::equals).isPresent();
  }
}
