package dev.heliograph.app.command;

import dev.heliograph.app.config.Settings;
import dev.heliograph.app.worker.WorkerConfig;
import dev.heliograph.events.Outcome;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.messaging.CompletionReader;
import dev.heliograph.messaging.MessagingConfig;
import dev.heliograph.messaging.QueryPublisher;
import dev.heliograph.messaging.Topics;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryBuilder;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heliograph submit}: publishes queries, and waits for their completions if asked to. */
@Command(
    name = "submit",
    mixinStandardHelpOptions = true,
    description = "Publishes one query, or a JSONL file of them.")
final class SubmitCommand implements Callable<Integer> {
  private static final FlagNames FLAGS =
      new FlagNames(
          Map.of(
              "queryId", "--id",
              "gallery", "--gallery",
              "reference", "--reference",
              "captions", "--caption",
              "topK", "--top-k",
              "saliency.maxCandidates", "--max-candidate-saliency"));

  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions settings;

  @ArgGroup(multiplicity = "1")
  private Source source;

  @Option(names = "--interactive", description = "Publish to kafka.interactive-topic.")
  private boolean interactive;

  @Option(names = "--wait", description = "Wait for the completions and print them as JSON lines.")
  private boolean wait;

  @Option(
      names = "--timeout",
      defaultValue = "PT5M",
      description = "How long to wait for all completions (default: ${DEFAULT-VALUE}).")
  private Duration timeout;

  /** Either a file, or one query by its fields. */
  static final class Source {
    @Option(
        names = "--file",
        required = true,
        description =
            "JSON lines with the fields of QueryRequested; \"reference\" is an s3://"
                + " address or a file's path.")
    private @Nullable Path file;

    @ArgGroup(exclusive = false)
    private @Nullable One one;
  }

  /** One query's fields. */
  static final class One {
    @Option(names = "--gallery", required = true, description = "name or name@version.")
    private String gallery;

    @Option(
        names = "--reference",
        required = true,
        description = "s3:// address, or a file that is sent inline.")
    private String reference;

    @Option(
        names = "--caption",
        required = true,
        description = "Relative caption; twice for two as in FashionIQ.")
    private List<String> captions;

    @Option(names = "--id", description = "Query id (default: a random one).")
    private @Nullable String id;

    @Option(names = "--top-k", defaultValue = "10", description = "Results (default: 10).")
    private int topK;

    @Option(
        names = "--max-candidate-saliency",
        defaultValue = "3",
        description = "Results that get a map (default: 3).")
    private int maxCandidates;

    @Option(
        names = "--saliency-method",
        defaultValue = "EXACT",
        description = "exact or published (default: exact).")
    private SaliencyMethod method;
  }

  @Override
  public Integer call() throws IOException {
    List<Query> queries = queries();
    Settings read = settings.read();
    MessagingConfig kafka = WorkerConfig.messaging(read);
    SchemaIdResolver schemas = WorkerConfig.schemaIds(read);
    List<String> ids = queries.stream().map(Query::queryId).toList();
    if (!wait) {
      publish(kafka, schemas, queries);
      ids.forEach(id -> spec.commandLine().getOut().println(id));
      return 0;
    }
    try (CompletionReader reader = new CompletionReader(kafka, schemas)) {
      publish(kafka, schemas, queries);
      PrintWriter out = spec.commandLine().getOut();
      Map<String, QueryCompletion> completions =
          reader.await(
              ids,
              timeout,
              completion -> {
                out.println(completion);
                out.flush();
              });
      return report(ids, completions);
    }
  }

  private int report(List<String> ids, Map<String, QueryCompletion> completions) {
    List<String> missing = ids.stream().filter(id -> !completions.containsKey(id)).toList();
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          missing.size()
              + " of "
              + ids.size()
              + " completions did not come within "
              + timeout
              + ", the first missing is "
              + missing.get(0));
    }
    boolean all = completions.values().stream().allMatch(c -> c.getOutcome() == Outcome.COMPLETED);
    return all ? 0 : 1;
  }

  private void publish(MessagingConfig kafka, SchemaIdResolver schemas, List<Query> queries) {
    try (QueryPublisher publisher = new QueryPublisher(kafka, schemas, topic(kafka.topics()))) {
      queries.stream().map(publisher::publish).toList().forEach(CompletableFuture::join);
    }
  }

  private String topic(Topics topics) {
    if (!interactive) {
      return topics.queries();
    }
    return topics
        .interactive()
        .orElseThrow(() -> new UsageException("--interactive: kafka.interactive-topic is empty"));
  }

  private List<Query> queries() throws IOException {
    if (source.file != null) {
      return all(source.file);
    }
    try {
      return List.of(one(source.one));
    } catch (UsageException | QueryFailedException e) {
      throw FLAGS.usage(e);
    }
  }

  private static List<Query> all(Path file) throws IOException {
    List<Query> queries = new ArrayList<>();
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      try {
        queries.add(QueryJson.parse(lines.get(i)));
      } catch (UsageException | QueryFailedException e) {
        throw new UsageException(file + " line " + (i + 1) + ": " + e.getMessage());
      }
    }
    return queries;
  }

  private static Query one(One fields) {
    String id = fields.id == null ? UUID.randomUUID().toString() : fields.id;
    QueryBuilder query =
        Query.builder(id)
            .gallery(fields.gallery)
            .captions(fields.captions.toArray(String[]::new))
            .topK(fields.topK)
            .saliency(new SaliencyRequest(true, fields.maxCandidates, fields.method));
    QueryJson.reference(query, fields.reference);
    return query.build();
  }
}
