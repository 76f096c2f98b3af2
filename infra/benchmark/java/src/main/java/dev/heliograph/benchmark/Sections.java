package dev.heliograph.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/** How a program of the comparison is asked: sections come in, what they took goes out. */
final class Sections {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A part of the comparison, done when it is asked for. */
  interface Work {
    /** What it came to, to be compared and printed. */
    ObjectNode run(String section) throws IOException;
  }

  private Sections() {}

  /**
   * Prints a line that the program is ready, then reads sections from standard input, one a line,
   * and answers each with one line of JSON.
   */
  static void answer(Work work) throws IOException {
    ObjectNode ready = JSON.createObjectNode().put("section", "ready");
    ready.put("seconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
    print(ready);
    BufferedReader sections =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = sections.readLine(); line != null; line = sections.readLine()) {
      String section = line.strip();
      Usage before = Usage.now();
      ObjectNode result = work.run(section).put("section", section);
      before.until(Usage.now()).putInto(result);
      print(result);
    }
  }

  private static void print(ObjectNode line) {
    System.out.println(line);
    System.out.flush();
  }
}
