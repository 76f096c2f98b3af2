package dev.heliograph.app.command;

import dev.heliograph.gallery.GalleryInfo;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code heliograph gallery info}: what a version is, and whether its bytes are intact. */
@Command(
    name = "info",
    mixinStandardHelpOptions = true,
    description = "Describes a version and checks its digests; exit code 1 if it is damaged.")
final class GalleryInfoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private GalleryOptions gallery;

  @Override
  public Integer call() {
    GalleryInfo info = GalleryInfo.of(gallery.folder(), gallery.reference());
    PrintWriter out = spec.commandLine().getOut();
    GalleryReport.print(info.manifest(), out);
    out.println("current     " + (info.current() ? "yes" : "no"));
    out.println("versions    " + String.join(", ", info.versions()));
    out.println("digests     " + (info.problems().isEmpty() ? "intact" : "DAMAGED"));
    info.problems().forEach(problem -> out.println("            " + problem));
    out.flush();
    return info.problems().isEmpty() ? 0 : 1;
  }
}
