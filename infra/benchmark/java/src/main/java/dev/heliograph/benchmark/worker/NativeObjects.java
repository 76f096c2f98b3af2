package dev.heliograph.benchmark.worker;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Objects of DJL's that stand for native memory and are reachable: arrays, their managers, values
 * of scripts. Whatever a pass leaves open is one more of these.
 */
record NativeObjects(Map<String, Long> counts) {
  private static final Map<String, String> CLASSES =
      Map.of(
          "ai.djl.pytorch.engine.PtNDArray", "arrays",
          "ai.djl.pytorch.engine.PtNDManager", "managers",
          "ai.djl.pytorch.jni.IValue", "values");

  /**
   * @param histogram as {@code jcmd GC.class_histogram} prints it: rank, count, bytes, class
   */
  static NativeObjects in(Stream<String> histogram) {
    Map<String, Long> counts = new TreeMap<>();
    histogram
        .map(line -> line.strip().split("\\s+"))
        .filter(columns -> columns.length > 3 && CLASSES.containsKey(columns[3]))
        .forEach(columns -> counts.put(CLASSES.get(columns[3]), Long.parseLong(columns[1])));
    return new NativeObjects(counts);
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
