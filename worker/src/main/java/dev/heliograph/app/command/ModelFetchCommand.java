package dev.heliograph.app.command;

import dev.heliograph.app.models.FetchedFile;
import dev.heliograph.app.models.ModelFetch;
import dev.heliograph.app.models.PublishedModel;
import dev.heliograph.app.models.PublishedModels;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heliograph model fetch}: the only command that downloads anything. */
@Command(
    name = "fetch",
    mixinStandardHelpOptions = true,
    description =
        "Downloads published weights and checks their sha256; without a name, lists them.")
final class ModelFetchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "<name>", description = "As the list names it.")
  private @Nullable String name;

  @Option(names = "--to", description = "Folder (default: models/<name>).")
  private @Nullable Path folder;

  @Option(
      names = "--sha256",
      paramLabel = "<file=digest>",
      description = "Digest of a file whose digest is not built in. Repeatable.")
  private Map<String, String> digests = new LinkedHashMap<>();

  @Option(
      names = "--accept-unverified",
      description = "Install files of unknown digest; their digests are printed.")
  private boolean acceptUnverified;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (name == null) {
      PublishedModels.all().forEach(m -> out.printf("%-28s %s%n", m.name(), m.description()));
      out.flush();
      return 0;
    }
    PublishedModel model =
        PublishedModels.find(name)
            .orElseThrow(
                () ->
                    new UsageException(
                        "there is no published model \""
                            + name
                            + "\", but "
                            + PublishedModels.all().stream()
                                .map(PublishedModel::name)
                                .collect(Collectors.joining(", "))));
    Path target = folder != null ? folder : Path.of("models").resolve(name);
    try (ProgressBar bar = progressBar(name)) {
      ModelFetch fetch =
          new ModelFetch(
              (file, bytes, total) -> {
                bar.maxHint(total);
                bar.stepTo(bytes);
                bar.setExtraMessage(file);
              });
      for (FetchedFile file : fetch.fetch(model, target, digests, acceptUnverified)) {
        out.printf(
            "%s  %s  %s%n",
            file.sha256(), file.path(), file.verified() ? "verified" : "NOT VERIFIED");
      }
    }
    out.flush();
    return 0;
  }

  private static ProgressBar progressBar(String name) {
    return new ProgressBarBuilder()
        .setTaskName(name)
        .setStyle(ProgressBarStyle.ASCII)
        .setUnit(" MiB", 1L << 20)
        .build();
  }
}
