package dev.heliograph.demo.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.demo.page.PageEntry.Answered;
import dev.heliograph.demo.page.PageEntry.Unanswered;
import dev.heliograph.query.Failure;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.RgbImage;
import dev.heliograph.query.Warning;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.NodeList;

class DemoPageTest {
  private static final List<String> NAMES =
      IntStream.rangeClosed(1, 12).mapToObj(i -> "p" + i + ".jpg").collect(Collectors.toList());

  private final DemoPage page =
      new DemoPage(PageExamples.renderer(), name -> Optional.of(PageExamples.PICTURE));

  @Test
  void showsTenResultsThreeOfThemWithMaps() {
    String html = page.render(List.of(entry("is red", Optional.of("p4.jpg"))));

    assertEquals(3, count(html, "<figure class=\"result"));
    assertEquals(7, count(html, "<li"));
    assertEquals(2 + 3 * 2 + 7, count(html, "<img "));
    assertTrue(html.contains("true target at rank 4"));
    assertTrue(
        html.contains(">PNG</a> · <a href=\"https://store.example/q/saliency.npy\">NPY</a>"));
    assertTrue(html.contains("\">results.json</a>"));
    assertTrue(html.contains("1 of 1 queries answered; true target first in 0, among"));
  }

  @Test
  void saysWhenTheTrueTargetWasMissed() {
    String html = page.render(List.of(entry("is red", Optional.of("other.jpg"))));
    assertTrue(html.contains("true target not among the first 12"));
    assertEquals(1, count(html, "class=\"tick\""), "the legend's own");
  }

  @Test
  void claimsNothingAboutTargetsThatNobodyKnows() {
    String html = page.render(List.of(entry("is red", Optional.empty())));
    assertFalse(html.contains("true target at rank"));
    assertTrue(html.contains("1 of 1 queries answered.</p>"));
  }

  @Test
  void showsFailuresWarningsAndMissingPictures() {
    DemoPage blind = new DemoPage(PageExamples.renderer(), name -> Optional.empty());
    Failure failure = new Failure(FailureCode.INVALID_QUERY, "captions[0]: is empty", 1);
    Warning warning = new Warning(FailureCode.CANDIDATE_NOT_FOUND, "no such file", "p1.jpg");
    String html =
        blind.render(
            List.of(
                new Unanswered("q0", "is blue", PageExamples.PICTURE, failure),
                PageExamples.answered(
                    "is red", NAMES, Optional.empty(), List.of(warning), "https://x.example/a")));

    assertTrue(html.contains("<b>INVALID_QUERY</b>") && html.contains("captions[0]: is empty"));
    assertTrue(html.contains("<b>CANDIDATE_NOT_FOUND</b>"));
    assertEquals(10, count(html, "no picture"));
    assertTrue(html.contains("1 of 2 queries answered"));
  }

  @Test
  void aPictureThatHasChangedGetsNoMap() {
    RgbImage other = new RgbImage(8, 8, new byte[3 * 64]);
    DemoPage changed = new DemoPage(PageExamples.renderer(), name -> Optional.of(other));
    String html = changed.render(List.of(entry("is red", Optional.empty())));
    assertEquals(3, count(html, "the picture has changed"));
  }

  @Test
  void hostileTextStaysText() throws Exception {
    String script = "<script>alert(1)</script>";
    String attribute = "x\" onerror=\"alert(1)' onload='alert(1)";
    Warning warning = new Warning(FailureCode.CANDIDATE_UNREADABLE, script, attribute);
    Answered hostile =
        PageExamples.answered(
            "</h2>" + script + "\u202e\0",
            List.of(script, attribute, "<img src=x onerror=alert(1)>", "&#x3c;script>"),
            Optional.of(script),
            List.of(warning),
            "javascript:alert(1)");
    Failure failure = new Failure(FailureCode.INTERNAL, "</p><iframe src=//x>", 2);
    String html =
        page.render(
            List.of(hostile, new Unanswered(attribute, script, PageExamples.PICTURE, failure)));

    assertFalse(html.contains("javascript:"));
    assertFalse(html.contains("\0"));
    NodeList elements = parse(html).getElementsByTagName("*");
    for (int i = 0; i < elements.getLength(); i++) {
      assertFalse(Set.of("script", "iframe").contains(elements.item(i).getNodeName()));
      NamedNodeMap attributes = elements.item(i).getAttributes();
      for (int k = 0; k < attributes.getLength(); k++) {
        assertFalse(attributes.item(k).getNodeName().startsWith("on"));
      }
    }
    assertTrue(html.contains("true target at rank 1"), "names are compared unescaped");
  }

  /** The page's elements are closed and its attributes quoted, so an XML parser can read it. */
  @Test
  void isWellFormed() throws Exception {
    String html = page.render(List.of(entry("is a <ring> & \"red\"", Optional.of("p1.jpg"))));
    Document document = parse(html);
    assertEquals(1, document.getElementsByTagName("article").getLength());
    assertTrue(
        document
            .getElementsByTagName("h2")
            .item(0)
            .getTextContent()
            .contains("is a <ring> & \"red\""));
  }

  @Test
  void loadsNothingFromElsewhere() {
    String html = page.render(List.of(entry("is red", Optional.empty())));
    assertTrue(html.contains("default-src 'none'; img-src data:"));
    assertEquals(0, count(html, "(src|url\\()\\s*=?\\s*[\"']?(https?:|//)"));
    assertEquals(0, count(html, "<(script|link|iframe|object)"));
    assertEquals(count(html, "<img "), count(html, "<img src=\"data:image/jpeg;base64,"));
  }

  private static Document parse(String html) throws Exception {
    String xml =
        html.replace("<!doctype html>", "")
            .replaceAll("<(meta|img)([^>]*)>", "<$1$2/>")
            .replace("<br>", "<br/>");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  private static Answered entry(String caption, Optional<String> target) {
    return PageExamples.answered(caption, NAMES, target);
  }

  private static int count(String html, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(html);
    int count = 0;
    while (matcher.find()) {
      count++;
    }
    return count;
  }
}
