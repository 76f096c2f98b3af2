package dev.heliograph.deployment;

import dev.heliograph.app.config.Setting;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** What a deployment may set: a misspelt variable would be ignored. */
final class WorkerVariables {
  private WorkerVariables() {}

  static Set<String> all() {
    return Arrays.stream(Setting.values())
        .map(Setting::environmentVariable)
        .collect(Collectors.toSet());
  }
}
