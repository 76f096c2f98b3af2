package dev.heliograph.pipeline;

import java.util.List;

/**
 * A query's prompts as token ids from start to end token, without padding. The arrays are handed
 * over: nobody writes to them afterwards.
 *
 * @param tokenIds one prompt for one caption, two for two
 */
public record Prompts(List<int[]> tokenIds) {
  public Prompts {
    tokenIds = List.copyOf(tokenIds);
  }
}
