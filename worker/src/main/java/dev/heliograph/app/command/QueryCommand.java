package dev.heliograph.app.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heliograph.app.Version;
import dev.heliograph.engine.Heliograph;
import dev.heliograph.engine.HeliographBuilder;
import dev.heliograph.engine.ResultJson;
import dev.heliograph.inference.EvalType;
import dev.heliograph.pipeline.WorkerIdentity;
import dev.heliograph.query.Answer;
import dev.heliograph.query.ArtifactRequest;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heliograph query}: one query without Kafka, with the flags of SEARLE-with-saliency. */
@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    description = "Answers one query from a gallery database and an image folder.")
final class QueryCommand implements Callable<Integer> {
  private static final String RULE = "=".repeat(60);
  private static final String DEFAULT_MODEL = "ViT-B/32";
  private static final FlagNames FLAGS =
      new FlagNames(
          Map.of(
              "gallery", "--database-path",
              "reference", "--reference-image",
              "captions", "--caption",
              "topK", "--top-k",
              "saliency.maxCandidates", "--max-candidate-saliency"));

  @Spec private CommandSpec spec;
  @Mixin private EncodingOptions encoding;

  @Option(
      names = "--fast-ingest",
      description =
          "Show the model JPEG images through a reduced decode: faster, and not quite the same"
              + " pixels.")
  private boolean fastIngest;

  @Option(
      names = "--database-path",
      required = true,
      description = "A .pt database, or a gallery folder as gallery build makes it.")
  private Path database;

  @Option(names = "--reference-image", required = true, description = "The reference image.")
  private Path reference;

  @Option(names = "--caption", required = true, description = "Relative caption.")
  private List<String> captions;

  @Option(
      names = "--dataset-path",
      description = "Image folder (default: the one that the database names).")
  private @Nullable Path dataset;

  @Option(names = "--top-k", description = "Results (default: 10, or all of a smaller gallery).")
  private @Nullable Integer topK;

  @Option(names = "--model", description = "CLIP folder in Hugging Face layout.")
  private @Nullable Path model;

  @Option(
      names = "--clip-model-name",
      description =
          "Name of the CLIP model (default: ViT-B/32, or the name of --model's folder); without"
              + " --model, also the folder below models/.")
  private @Nullable String modelName;

  @Option(names = "--phi", description = "phi weights (default: phi.pt in the model's folder).")
  private @Nullable Path phi;

  @Option(
      names = "--eval-type",
      defaultValue = "searle",
      description = "searle, searle-xl or phi (default: ${DEFAULT-VALUE}).")
  private EvalType evalType;

  @Option(
      names = "--output-format",
      defaultValue = "text",
      description = "text or json (default: text).")
  private OutputFormat format;

  @Option(names = "--generate-saliency", description = "Make saliency maps.")
  private boolean saliency;

  @Option(
      names = "--generate-reference-saliency",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "With --generate-saliency: of the reference (default: yes).")
  private boolean referenceSaliency;

  @Option(
      names = "--generate-candidate-saliency",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "With --generate-saliency: of the best results (default: yes).")
  private boolean candidateSaliency;

  @Option(
      names = "--max-candidate-saliency",
      defaultValue = "3",
      description = "How many results get a map (default: 3).")
  private int maxCandidates;

  @Option(
      names = "--saliency-method",
      defaultValue = "EXACT",
      description = "exact or published (default: exact).")
  private SaliencyMethod method;

  @Option(names = "--save-saliency-dir", description = "Save heatmaps and arrays here.")
  private @Nullable Path saveTo;

  /** How the answer is printed. */
  enum OutputFormat {
    TEXT,
    JSON
  }

  @Override
  public Integer call() throws IOException {
    byte[] image = referenceBytes();
    checkBeforeLoading(image);
    try (Heliograph heliograph = open()) {
      Answer answer = answer(image, heliograph);
      answer
          .warnings()
          .forEach(
              warning ->
                  spec.commandLine()
                      .getErr()
                      .println("warning: " + warning.subject() + ": " + warning.message()));
      spec.commandLine().getErr().flush();
      PrintWriter out = spec.commandLine().getOut();
      out.print(format == OutputFormat.JSON ? json(answer) : text(answer));
      out.flush();
    }
    return 0;
  }

  private Answer answer(byte[] image, Heliograph heliograph) {
    try {
      int wanted =
          topK != null ? topK : Math.min(Query.DEFAULT_TOP_K, heliograph.gallery(gallery()).size());
      return heliograph.answer(query(image, wanted));
    } catch (QueryFailedException e) {
      throw FLAGS.in(e);
    }
  }

  /** A model takes seconds to load: not for a value that is wrong by itself. */
  private void checkBeforeLoading(byte[] image) {
    if (!Files.exists(database)) {
      throw new UsageException("--database-path: there is no file or folder " + database);
    }
    try {
      query(image, topK != null ? topK : Query.DEFAULT_TOP_K);
    } catch (QueryFailedException e) {
      throw FLAGS.in(e);
    }
  }

  private byte[] referenceBytes() throws IOException {
    try {
      return Files.readAllBytes(reference);
    } catch (NoSuchFileException e) {
      throw new UsageException("--reference-image: there is no file " + reference);
    }
  }

  private Heliograph open() {
    String name = modelName != null || model != null ? modelName : DEFAULT_MODEL;
    Path folder = model != null ? model : ModelFolders.of(name);
    HeliographBuilder builder =
        Heliograph.builder(folder, phi != null ? phi : folder.resolve("phi.pt"))
            .evalType(evalType)
            .preprocess(encoding.preprocess())
            .device(encoding.device())
            .precision(encoding.precision())
            .worker(new WorkerIdentity("query", Version.current()));
    if (name != null) {
      builder.modelName(name);
    }
    if (fastIngest) {
      builder.fastIngest();
    }
    if (Files.isDirectory(database)) {
      Path gallery = database.toAbsolutePath().normalize();
      builder.galleries(gallery.getParent());
    } else {
      builder.database(database, Optional.ofNullable(dataset));
    }
    if (saveTo != null) {
      builder.store(new FlatFolder(saveTo));
    }
    return builder.open();
  }

  private String gallery() {
    return Files.isDirectory(database)
        ? database.toAbsolutePath().normalize().getFileName().toString()
        : "database";
  }

  private Query query(byte[] image, int wanted) {
    return Query.builder("query")
        .gallery(gallery())
        .reference(image, "application/octet-stream")
        .captions(captions.toArray(String[]::new))
        .topK(wanted)
        .saliency(
            new SaliencyRequest(
                saliency && referenceSaliency,
                saliency && candidateSaliency ? maxCandidates : 0,
                method))
        .artifacts(saveTo != null ? ArtifactRequest.DEFAULT : ArtifactRequest.NONE)
        .submittedAt(Instant.EPOCH)
        .build();
  }

  private String text(Answer answer) {
    StringBuilder text = new StringBuilder();
    text.append("Top ").append(answer.results().size()).append(" results for: ");
    text.append(String.join(" / ", captions)).append('\n').append(RULE).append('\n');
    for (RankedImage result : answer.results()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%2d. %-40s (similarity: %.4f)%n",
              result.rank(),
              result.imageName(),
              result.similarity()));
    }
    return text.toString();
  }

  private String json(Answer answer) {
    ObjectNode query = JsonNodeFactory.instance.objectNode();
    query.put("reference_image", reference.toString());
    query.put("caption", captions.get(0));
    query.put("top_k", answer.results().size());
    ResultJson json = new ResultJson(artifact -> Path.of(artifact.uri()).toString());
    ObjectNode document =
        json.document(query, answer.results(), answer.referenceSaliency(), saliency);
    return new String(ResultJson.bytes(document), StandardCharsets.UTF_8) + "\n";
  }
}
