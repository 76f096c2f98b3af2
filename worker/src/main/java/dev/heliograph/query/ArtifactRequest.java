package dev.heliograph.query;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which files a query leaves in object storage.
 *
 * @param prefix key prefix instead of the UTC date of submission; no leading or trailing slash
 */
public record ArtifactRequest(HeatmapFormat heatmap, ArrayFormat array, Optional<String> prefix) {
  private static final Pattern PREFIX =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");
  private static final int MAX_PREFIX_LENGTH = 512;

  public static final ArtifactRequest DEFAULT =
      new ArtifactRequest(HeatmapFormat.PNG, ArrayFormat.NPY, Optional.empty());
  public static final ArtifactRequest NONE =
      new ArtifactRequest(HeatmapFormat.NONE, ArrayFormat.NONE, Optional.empty());

  public ArtifactRequest {
    Objects.requireNonNull(heatmap, "heatmap");
    Objects.requireNonNull(array, "array");
    if (prefix.isPresent()
        && (prefix.get().length() > MAX_PREFIX_LENGTH || !PREFIX.matcher(prefix.get()).matches())) {
      throw new QueryFailedException(
          FailureCode.INVALID_QUERY,
          "artifacts.prefix: \""
              + Text.shorten(prefix.get())
              + "\" is not up to 512 characters of [A-Za-z0-9._-] segments separated by /");
    }
  }
}
