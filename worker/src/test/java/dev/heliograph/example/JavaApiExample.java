package dev.heliograph.example;

import dev.heliograph.engine.Heliograph;
import dev.heliograph.query.Answer;
import dev.heliograph.query.Query;
import dev.heliograph.query.RankedImage;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.query.SaliencyRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The Java API as README.md shows it. */
final class JavaApiExample {
  private JavaApiExample() {}

  static void run(Path model, Path galleries, Path photo, Path saved, PrintStream out)
      throws IOException {
    // example begin
    try (Heliograph heliograph =
        Heliograph.builder(model, model.resolve("phi.pt"))
            .galleries(galleries) // as gallery build makes them
            .saveTo(saved)
            .open()) {
      Query query =
          Query.builder("query-1")
              .gallery("shapes")
              .reference(Files.readAllBytes(photo), "image/jpeg")
              .captions("is blue")
              .topK(5)
              .saliency(new SaliencyRequest(true, 3, SaliencyMethod.EXACT))
              .build();
      Answer answer = heliograph.answer(query); // or submit(query), a CompletableFuture
      for (RankedImage result : answer.results()) {
        out.printf("%d  %s  %.4f%n", result.rank(), result.imageName(), result.similarity());
        result
            .saliency()
            .flatMap(saliency -> saliency.heatmap())
            .ifPresent(heatmap -> out.println("   why: " + heatmap.uri()));
      }
    }
    // example end
  }
}
