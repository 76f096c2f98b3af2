package dev.heliograph.demo.evaluation;

import dev.heliograph.demo.evaluation.EvaluationReport.CurveAreas;
import dev.heliograph.demo.evaluation.EvaluationReport.PatchOrder;
import dev.heliograph.demo.evaluation.EvaluationReport.RegionScore;
import dev.heliograph.demo.world.Region;
import dev.heliograph.query.SaliencyMethod;
import java.util.Locale;
import java.util.Map;

/** An {@link EvaluationReport} as text for people. */
public final class EvaluationTable {
  private static final String LINE = "%-48s %7s %10s %8s %6s%n";

  private final EvaluationReport report;
  private final StringBuilder text = new StringBuilder();

  private EvaluationTable(EvaluationReport report) {
    this.report = report;
  }

  public static String of(EvaluationReport report) {
    return new EvaluationTable(report).write();
  }

  private String write() {
    EvaluationPlan plan = report.plan();
    add(
        "%s: %d queries against %d scenes, seed %d%n%n",
        report.clipModel(), plan.queries(), plan.gallery(), plan.seed());
    add("%-48s %7s %10s%n", "Composed retrieval", "", "chance");
    report
        .recall()
        .forEach(
            (k, share) ->
                add(
                    "%-48s %7s %10s%n",
                    "  Recall@" + k, number(share), number((double) k / plan.gallery())));
    add("%n" + LINE, "Saliency", "EXACT", "PUBLISHED", "chance", "cases");
    for (Region region : Region.values()) {
      RegionScore score = report.candidates().get(region);
      if (score != null) {
        addPointing(region.words() + " to change", score);
      }
    }
    addPointing("reference map on the main object", report.references());
    addEnergy();
    addFaithfulness();
    return text.toString();
  }

  private void addPointing(String name, RegionScore score) {
    Map<SaliencyMethod, Double> pointing = score.pointing();
    add(
        LINE,
        "  pointing, " + name,
        number(pointing.get(SaliencyMethod.EXACT)),
        number(pointing.get(SaliencyMethod.PUBLISHED)),
        number(score.chance()),
        score.cases());
  }

  private void addEnergy() {
    report
        .candidateEnergy(SaliencyMethod.EXACT)
        .ifPresent(
            exact ->
                add(
                    LINE,
                    "  energy on what was to change",
                    number(exact),
                    number(report.candidateEnergy(SaliencyMethod.PUBLISHED).orElseThrow()),
                    "",
                    ""));
  }

  private void addFaithfulness() {
    add("%n" + LINE, "Faithfulness", "EXACT", "PUBLISHED", "random", "cases");
    CurveAreas exact = report.faithfulness().get(PatchOrder.EXACT);
    CurveAreas published = report.faithfulness().get(PatchOrder.PUBLISHED);
    CurveAreas random = report.faithfulness().get(PatchOrder.RANDOM);
    addCurves("deletion AUC", exact.deletion(), published.deletion(), random.deletion());
    addCurves("insertion AUC", exact.insertion(), published.insertion(), random.insertion());
    addCurves("insertion - deletion", exact.gap(), published.gap(), random.gap());
  }

  private void addCurves(String name, double exact, double published, double random) {
    add(LINE, "  " + name, number(exact), number(published), number(random), report.curves());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private void add(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values));
  }
}
