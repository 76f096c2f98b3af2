package dev.heliograph.app.command;

import dev.heliograph.app.Home;
import dev.heliograph.demo.DemoQuery;
import dev.heliograph.demo.DemoWorld;
import dev.heliograph.demo.evaluation.EvaluationPlan;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.inference.Precision;
import dev.heliograph.messaging.CompletionReader;
import dev.heliograph.messaging.QueryPublisher;
import dev.heliograph.query.Query;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heliograph demo}: the whole of Heliograph in one process, on a world drawn for it. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Shows everything in one process, on pictures drawn for it.",
      "Starts a broker, an object store and a worker, submits a handful of queries as events,",
      "and shows their answers as a table and an HTML page."
    })
final class DemoCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final FlagNames FLAGS =
      new FlagNames(Map.of("queries", "--queries", "gallery", "--gallery", "seed", "--seed"));

  @Spec private CommandSpec spec;

  @Option(
      names = "--dir",
      defaultValue = "heliograph-demo",
      description = "Folder for gallery, artifacts and page (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Option(
      names = "--keep",
      description = "Leave everything running, with the addresses printed, until Ctrl-C.")
  private boolean keep;

  @Option(
      names = "--schema-registry",
      paramLabel = "<url>",
      description = "Write events in Confluent's wire format, by the ids of this registry.")
  private @Nullable String schemaRegistry;

  @Option(
      names = "--evaluate",
      description = "Measure retrieval and saliency against the world's ground truth instead.")
  private boolean evaluate;

  @Option(names = "--queries", defaultValue = "60", description = "With --evaluate (default: 60).")
  private int queries;

  @Option(
      names = "--gallery",
      defaultValue = "300",
      description = "With --evaluate: scenes (default: 300).")
  private int gallery;

  @Option(names = "--seed", defaultValue = "4242", description = "With --evaluate (default: 4242).")
  private long seed;

  @Option(
      names = "--model",
      description = "With --evaluate: folder of CLIP and phi.pt (default: the demo's own).")
  private @Nullable Path model;

  @Option(
      names = "--precision",
      defaultValue = "FLOAT32",
      description = "With --evaluate: float32, bfloat16 or float16 (default: float32).")
  private Precision precision;

  @Option(names = "--json", description = "With --evaluate: print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (evaluate) {
      EvaluationPlan plan = plan();
      ClipModelConfig config =
          ClipModelConfig.builder(model())
              .phi(model().resolve("phi.pt"))
              .precision(precision)
              .build();
      spec.commandLine().getOut().println(DemoEvaluation.run(config, plan, json, this::say));
      return 0;
    }
    return demonstrate();
  }

  private EvaluationPlan plan() {
    try {
      return new EvaluationPlan(queries, gallery, seed);
    } catch (IllegalArgumentException e) {
      throw FLAGS.usage(e);
    }
  }

  private Path model() {
    Path folder = model != null ? model : Home.demoModel();
    if (!Files.isDirectory(folder)) {
      throw new UsageException("there is no model at " + folder);
    }
    return folder;
  }

  private int demonstrate() throws IOException, InterruptedException {
    DemoWorld world = DemoWorld.create();
    Path pictures = folder.resolve("images");
    say("Drawing " + world.names().size() + " pictures into " + pictures);
    world.writeGallery(pictures);
    say("Encoding them as gallery " + DemoSession.GALLERY);
    DemoSession.buildGallery(pictures, folder.resolve("galleries"));
    say("Starting a Kafka broker, an S3 object store and the worker");
    try (DemoSession session = DemoSession.start(folder, Optional.ofNullable(schemaRegistry))) {
      session.startWorker();
      say("Submitting " + world.queries().size() + " queries");
      Map<String, QueryCompletion> completions = ask(session, world.queries());
      say("Verifying and replaying the record of one of them");
      Optional<DemoAudit> audit = audit(session, world.queries(), completions);
      DemoResult result =
          new DemoResult(folder, world.queries(), completions, audit, session.modelSide());
      PrintWriter out = spec.commandLine().getOut();
      out.println(result.table());
      audit.ifPresent(found -> out.println(found.text()));
      result.writeAuditFiles(DemoKeys.in(folder));
      out.println("Page         " + result.writePage().toUri());
      out.println("Completions  " + result.writeCompletions().toUri());
      out.println("Artifacts    " + result.artifacts().toUri());
      out.flush();
      if (keep) {
        out.println("\nRunning until Ctrl-C. For a client of your own:\n" + session.addresses());
        out.flush();
        Runtime.getRuntime().addShutdownHook(new Thread(session::close, "heliograph-shutdown"));
        session.awaitWorkerEnd();
      }
      return result.isComplete() ? 0 : 1;
    }
  }

  /** Of the first query that has a record. */
  private Optional<DemoAudit> audit(
      DemoSession session, List<DemoQuery> questions, Map<String, QueryCompletion> completions)
      throws IOException, InterruptedException {
    for (DemoQuery question : questions) {
      QueryCompletion completion = completions.get(question.queryId());
      if (completion != null && completion.getAttestation() != null) {
        return Optional.of(
            DemoAudit.of(
                session.settings(),
                completion.getAttestation().getUri(),
                question.reference(),
                folder.resolve("replayed")));
      }
    }
    return Optional.empty();
  }

  private static Map<String, QueryCompletion> ask(DemoSession session, List<DemoQuery> questions) {
    try (CompletionReader reader = new CompletionReader(session.messaging(), session.schemaIds());
        QueryPublisher publisher = new QueryPublisher(session.messaging(), session.schemaIds())) {
      questions.stream()
          .map(question -> publisher.publish(event(question)))
          .toList()
          .forEach(CompletableFuture::join);
      return reader.await(
          questions.stream().map(DemoQuery::queryId).collect(Collectors.toSet()), PATIENCE);
    }
  }

  private static Query event(DemoQuery question) {
    return Query.builder(question.queryId())
        .gallery(DemoSession.GALLERY)
        .reference(question.reference(), "image/jpeg")
        .captions(question.caption())
        .build();
  }

  private void say(String line) {
    spec.commandLine().getErr().println(line + " ...");
    spec.commandLine().getErr().flush();
  }
}
