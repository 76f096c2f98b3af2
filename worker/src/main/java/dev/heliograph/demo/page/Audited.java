package dev.heliograph.demo.page;

import java.util.List;

/**
 * One query whose record was verified and replayed, as the page shows it.
 *
 * @param verified what was found in one or two words
 * @param checks one line each
 * @param replayed what computing it again gave, in one line
 */
public record Audited(String queryId, String verified, List<String> checks, String replayed) {
  public Audited {
    checks = List.copyOf(checks);
  }

  /** The page's section. */
  String render() {
    StringBuilder html =
        new StringBuilder(
            """
            <section class="legend" aria-labelledby="audit">
            <h2 id="audit">All of this can be checked</h2>
            <p>Each query has left a signed record of what was asked, what computed it and what was
            answered, and an append-only log holds the records' digests. The record of
            """);
    html.append(Html.name(queryId))
        .append(" was verified (<strong>")
        .append(Html.text(verified))
        .append("</strong>), and its answer computed again: ")
        .append(Html.text(replayed))
        .append("</p>\n<details>\n<summary>What was checked</summary>\n<ul>\n");
    checks.forEach(
        check -> html.append("<li><code>").append(Html.text(check)).append("</code></li>\n"));
    return html.append("</ul>\n</details>\n</section>\n").toString();
  }
}
