package dev.heliograph.demo.page;

import dev.heliograph.demo.page.PageEntry.Answered;
import dev.heliograph.pipeline.SaliencyRenderer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The demo's page: one HTML file with everything in it (pictures as data, reduced), no scripts, and
 * a policy that keeps a browser from loading anything. All outside text is escaped. Thread-safe if
 * the renderer and the pictures are.
 */
public final class DemoPage {
  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy"
            content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
      <title>Heliograph: answered and explained</title>
      <style>
      """;

  private static final String INTRODUCTION =
      """
      <header class="top">
      <p class="brand"><span class="sun" aria-hidden="true"></span>Heliograph</p>
      <h1>This picture, but…</h1>
      <p class="lead">Each query below is a reference picture and a caption that says what should be
      different. The worker found the pictures that fit both, and drew on each why it has its
      score. <a href="#legend">How to read the maps</a></p>
      </header>
      """;

  private static final String LEGEND =
      """
      <section class="legend" aria-labelledby="legend">
      <h2 id="legend">How to read the maps</h2>
      <div class="columns">
      <div>
      <p class="scale"><span>none</span><i aria-hidden="true"></i><span>most</span></p>
      <p>A map shows which patches of a picture carry the number written below it (Grad-ECLIP on the
      model's last visual block). Each map is scaled to its own maximum: compare colours within one
      picture, not between two. Where the model did not look, because the edge was cut off, the map
      is zero. A map can be zero everywhere: then no patch speaks for the score.</p>
      </div>
      <div>
      <h3>On a result</h3>
      <p>The number explained is the picture's similarity with the composed query. With the exact
      method it is the very number that ranked it, and both are printed.</p>
      </div>
      <div>
      <h3>On the reference</h3>
      <p>The number explained is the length of the pseudo-word that stands for the picture. This
      map <strong>says little about the object</strong>: on the demo's scenes its peak is on the
      object in about one of three, where chance makes it one of four. Read the results' maps
      instead.</p>
      </div>
      <div>
      <h3><span class="tick">✓</span> The true target</h3>
      <p>The demo's scenes are drawn by a program, so the right answer is known. The tick marks it.
      Other pictures may fit the caption as well. The queries are the first of their kind, not the
      ones that work best; some are missed.</p>
      </div>
      </div>
      </section>
      """;

  private final EntrySection section;

  public DemoPage(SaliencyRenderer renderer, Pictures pictures) {
    this.section = new EntrySection(new PagePictures(renderer, pictures));
  }

  /** The whole page, to be written as UTF-8. */
  public String render(List<PageEntry> entries) {
    return render(entries, Optional.empty());
  }

  /**
   * The whole page, to be written as UTF-8.
   *
   * @param audited what became of one query's record
   */
  public String render(List<PageEntry> entries, Optional<Audited> audited) {
    StringBuilder page = new StringBuilder(HEAD);
    page.append(style()).append("</style>\n</head>\n<body>\n<main>\n").append(INTRODUCTION);
    page.append(summary(entries));
    for (int i = 0; i < entries.size(); i++) {
      page.append(section.render(i + 1, entries.get(i)));
    }
    audited.ifPresent(record -> page.append(record.render()));
    return page.append(LEGEND).append("</main>\n</body>\n</html>\n").toString();
  }

  /** What became of all queries, in one line. */
  private static String summary(List<PageEntry> entries) {
    int answered = 0;
    int judged = 0;
    int first = 0;
    int shown = 0;
    for (PageEntry entry : entries) {
      if (entry instanceof Answered result) {
        answered++;
        if (result.target().isPresent()) {
          int rank = EntrySection.rankOf(result);
          judged++;
          first += rank == 1 ? 1 : 0;
          shown += rank > 0 ? 1 : 0;
        }
      }
    }
    String line = answered + " of " + entries.size() + " queries answered";
    if (judged > 0) {
      line +=
          "; true target first in " + first + ", among the results in " + shown + " of " + judged;
    }
    return "<p class=\"summary\">" + line + ".</p>\n";
  }

  private static String style() {
    try (InputStream in = DemoPage.class.getResourceAsStream("page.css")) {
      return new String(
          Objects.requireNonNull(in, "page.css").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
