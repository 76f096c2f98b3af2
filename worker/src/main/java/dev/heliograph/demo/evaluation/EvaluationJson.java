package dev.heliograph.demo.evaluation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heliograph.demo.evaluation.EvaluationReport.RegionScore;
import dev.heliograph.demo.world.Region;
import java.util.Locale;
import java.util.TreeMap;

/** An {@link EvaluationReport} as JSON for programs; figures are not rounded. */
public final class EvaluationJson {
  private EvaluationJson() {}

  public static String of(EvaluationReport report) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("model", report.clipModel());
    root.put("queries", report.plan().queries());
    root.put("gallery", report.plan().gallery());
    root.put("seed", report.plan().seed());
    ObjectNode recall = root.putObject("recall");
    report.recall().forEach((k, share) -> recall.put("@" + k, share));
    addScore(root.putObject("reference"), report.references());
    ObjectNode candidate = root.putObject("candidate");
    new TreeMap<Region, RegionScore>(report.candidates())
        .forEach((region, score) -> addScore(candidate.putObject(key(region)), score));
    ObjectNode auc = root.putObject("auc");
    auc.put("cases", report.curves());
    new TreeMap<>(report.faithfulness())
        .forEach(
            (order, areas) -> {
              ObjectNode node = auc.putObject(key(order));
              node.put("deletion", areas.deletion());
              node.put("insertion", areas.insertion());
            });
    return root.toPrettyString();
  }

  private static void addScore(ObjectNode node, RegionScore score) {
    node.put("cases", score.cases());
    node.put("chance", score.chance());
    ObjectNode pointing = node.putObject("pointing");
    score.pointing().forEach((method, share) -> pointing.put(key(method), share));
    ObjectNode energy = node.putObject("energy");
    score.energy().forEach((method, share) -> energy.put(key(method), share));
  }

  private static String key(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
