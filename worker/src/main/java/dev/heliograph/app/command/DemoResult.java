package dev.heliograph.app.command;

import dev.heliograph.app.Home;
import dev.heliograph.demo.DemoQuery;
import dev.heliograph.demo.page.DemoPage;
import dev.heliograph.demo.page.PageEntry;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.RankedImage;
import dev.heliograph.imaging.OpenCvImageReader;
import dev.heliograph.imaging.OverlayRenderer;
import dev.heliograph.messaging.CompletionValues;
import dev.heliograph.query.Answer;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.Failure;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What came back over Kafka, for people: a table, a page, and the events themselves. */
final class DemoResult {
  private static final String ROW = "%-24s %-52s %-6s %-10s %s%n";
  private static final long MAX_PIXELS = 10_000_000;

  private final Path folder;
  private final List<DemoQuery> questions;
  private final Map<String, QueryCompletion> completions;
  private final Optional<DemoAudit> audit;
  private final int modelSide;

  /**
   * @param modelSide pixels per side of the model's input
   */
  DemoResult(
      Path folder,
      List<DemoQuery> questions,
      Map<String, QueryCompletion> completions,
      Optional<DemoAudit> audit,
      int modelSide) {
    this.audit = audit;
    this.modelSide = modelSide;
    this.folder = folder;
    this.questions = questions;
    this.completions = completions;
  }

  /** Whether each query has been answered, and the audited one is as recorded. */
  boolean isComplete() {
    return audit.filter(DemoAudit::isGood).isPresent()
        && questions.stream().allMatch(q -> answer(q).isPresent());
  }

  String table() {
    StringBuilder table = new StringBuilder("\n");
    table.append(
        String.format(
            ROW,
            "query",
            "caption: this image, but it ...",
            "target",
            "similarity",
            "best result"));
    for (DemoQuery question : questions) {
      QueryCompletion completion = completions.get(question.queryId());
      if (completion == null || completion.getResults().isEmpty()) {
        String why = completion == null ? "no completion" : completion.getFailure().getMessage();
        table.append(String.format(ROW, question.queryId(), question.caption(), "-", "-", why));
      } else {
        RankedImage best = completion.getResults().get(0);
        table.append(
            String.format(
                ROW,
                question.queryId(),
                question.caption(),
                targetRank(question, completion),
                String.format(Locale.ROOT, "%.4f", best.getSimilarity()),
                best.getImageName()));
      }
    }
    return table.toString();
  }

  private static String targetRank(DemoQuery question, QueryCompletion completion) {
    return completion.getResults().stream()
        .filter(result -> result.getImageName().equals(question.target()))
        .map(result -> "#" + result.getRank())
        .findFirst()
        .orElse("> " + completion.getResults().size());
  }

  Path artifacts() {
    return folder.resolve("objects").resolve(DemoSession.BUCKET).toAbsolutePath();
  }

  Path writeCompletions() throws IOException {
    Path file = folder.resolve("completions.jsonl").toAbsolutePath();
    String lines =
        questions.stream()
            .map(question -> completions.get(question.queryId()))
            .filter(completion -> completion != null)
            .map(completion -> completion + "\n")
            .collect(Collectors.joining());
    return Files.writeString(file, lines);
  }

  Path writePage() throws IOException {
    DemoPage page = new DemoPage(new OverlayRenderer(), this::picture);
    Path file = folder.resolve("index.html").toAbsolutePath();
    return Files.writeString(
        file,
        page.render(questions.stream().map(this::entry).toList(), audit.map(DemoAudit::onPage)));
  }

  /**
   * What an auditor needs when the demo is gone: its references, which came inside the events, and
   * settings for the audit commands.
   */
  void writeAuditFiles(DemoKeys keys) throws IOException {
    Path references = Files.createDirectories(folder.resolve("references"));
    for (DemoQuery question : questions) {
      Files.write(references.resolve(question.queryId() + ".jpg"), question.reference());
    }
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("audit.trusted-keys", keys.publicKey().toAbsolutePath().toString());
    settings.put("audit.log-verifiers", keys.verifierKey());
    settings.put("model.path", Home.demoModel().toAbsolutePath().toString());
    settings.put("model.name", DemoSession.MODEL_NAME);
    settings.put("model.eval-type", "phi");
    settings.put("galleries.path", folder.resolve("galleries").toAbsolutePath().toString());
    Files.write(
        folder.resolve("audit.properties"),
        settings.entrySet().stream()
            .map(setting -> setting.getKey() + "=" + setting.getValue().replace("\\", "\\\\"))
            .toList());
  }

  private PageEntry entry(DemoQuery question) {
    return answer(question)
        .<PageEntry>map(
            answer ->
                new PageEntry.Answered(
                    question.queryId(),
                    question.caption(),
                    question.picture(),
                    Optional.of(question.target()),
                    answer))
        .orElseGet(
            () ->
                new PageEntry.Unanswered(
                    question.queryId(), question.caption(), question.picture(), failure(question)));
  }

  private Failure failure(DemoQuery question) {
    QueryCompletion completion = completions.get(question.queryId());
    return completion == null
        ? new Failure(FailureCode.INTERNAL, "no completion came in time", 1)
        : CompletionValues.failure(completion).orElseThrow();
  }

  private Optional<Answer> answer(DemoQuery question) {
    return Optional.ofNullable(completions.get(question.queryId()))
        .flatMap(completion -> CompletionValues.answer(completion, modelSide))
        .map(answer -> answer.withArtifacts(this::local));
  }

  /** The store's files outlive its server: the page links to them. */
  private Artifact local(Artifact artifact) {
    String key = artifact.uri().getPath().substring(1);
    return new Artifact(
        artifact.uri(),
        artifacts().resolve(key).toUri(),
        artifact.sha256(),
        artifact.bytes(),
        artifact.mediaType());
  }

  private Optional<RgbImage> picture(String name) {
    try {
      byte[] bytes = Files.readAllBytes(folder.resolve("images").resolve(name));
      return Optional.of(new OpenCvImageReader().read(bytes, MAX_PIXELS));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
