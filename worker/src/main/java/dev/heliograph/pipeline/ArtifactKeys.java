package dev.heliograph.pipeline;

import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryHeader;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a query's files lie in object storage: {@code {prefix}/{queryId}/{file}}. Keys depend on
 * the query alone (and on a result's rank and name), so a redelivered query overwrites its files.
 * Without a prefix of its own, a query's files lie below the UTC date of its submission, for
 * example {@code 2026/11/23}.
 *
 * <p>Every key consists of segments of {@code [A-Za-z0-9._-]} and is under 1024 characters long,
 * which every S3 store, file system and URL takes as it stands.
 */
public final class ArtifactKeys {
  /** With prefix, query id and the rest of the file's name this stays far below S3's 1024. */
  static final int MAX_STEM_LENGTH = 80;

  private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9._-]+");

  private ArtifactKeys() {}

  /** The overlay of the reference; the query must ask for a heatmap. */
  public static String referenceHeatmap(Query query) {
    return folder(query) + "reference_heatmap." + heatmapExtension(query);
  }

  /** The numbers of the reference's map; the query must ask for an array. */
  public static String referenceArray(Query query) {
    return folder(query) + "reference_saliency." + arrayExtension(query);
  }

  /**
   * The overlay of one result; the query must ask for a heatmap.
   *
   * @param rank from 1; keeps results apart whose names have the same {@linkplain #safeStem stem}
   * @param imageName as the gallery gives it
   */
  public static String candidateHeatmap(Query query, int rank, String imageName) {
    return candidate(query, rank, "heatmap", imageName) + heatmapExtension(query);
  }

  /** The numbers of one result's map; the query must ask for an array. */
  public static String candidateArray(Query query, int rank, String imageName) {
    return candidate(query, rank, "saliency", imageName) + arrayExtension(query);
  }

  /** The whole answer as JSON. */
  public static String resultDocument(Query query) {
    return folder(query) + "results.json";
  }

  /**
   * An explanation record of a query: {@code attestation.json}, the next {@code
   * attestation-2.json}. A query that was not understood has its records below its date.
   *
   * @param number from 1
   */
  public static String attestation(Optional<Query> query, QueryHeader header, int number) {
    String folder = query.map(ArtifactKeys::folder).orElseGet(() -> dateFolder(header));
    return folder + "attestation" + (number == 1 ? "" : "-" + number) + ".json";
  }

  /**
   * An image's file stem, made safe for a key: what follows the last {@code /} or {@code \},
   * without its last extension (a name that only begins with a dot has none); each run of
   * characters outside {@code [A-Za-z0-9._-]} becomes one {@code _}; cut after 80 characters;
   * {@code _} if nothing is left. Different names may have the same stem.
   */
  static String safeStem(String imageName) {
    String file =
        imageName.substring(Math.max(imageName.lastIndexOf('/'), imageName.lastIndexOf('\\')) + 1);
    int dot = file.lastIndexOf('.');
    String stem = UNSAFE.matcher(dot > 0 ? file.substring(0, dot) : file).replaceAll("_");
    if (stem.isEmpty()) {
      return "_";
    }
    return stem.length() <= MAX_STEM_LENGTH ? stem : stem.substring(0, MAX_STEM_LENGTH);
  }

  private static String candidate(Query query, int rank, String what, String imageName) {
    if (rank < 1) {
      throw new IllegalArgumentException("rank: " + rank + " is below 1");
    }
    return folder(query) + "result_" + rank + "_" + what + "_" + safeStem(imageName) + ".";
  }

  private static String folder(Query query) {
    return query
        .artifacts()
        .prefix()
        .map(prefix -> prefix + "/" + query.queryId() + "/")
        .orElseGet(() -> dateFolder(query.header()));
  }

  /** By hand, because a formatter writes a plus sign, which URLs mistake, before far years. */
  /** By hand, because a formatter writes a plus sign, which URLs mistake, before far years. */
  private static String dateFolder(QueryHeader header) {
    LocalDate date = LocalDate.ofInstant(header.submittedAt(), ZoneOffset.UTC);
    return String.format(
        Locale.ROOT,
        "%04d/%02d/%02d/%s/",
        date.getYear(),
        date.getMonthValue(),
        date.getDayOfMonth(),
        header.queryId());
  }

  private static String heatmapExtension(Query query) {
    HeatmapFormat format = query.artifacts().heatmap();
    if (format == HeatmapFormat.NONE) {
      throw new IllegalArgumentException("query " + query.queryId() + " asks for no heatmap");
    }
    return format.extension();
  }

  private static String arrayExtension(Query query) {
    ArrayFormat format = query.artifacts().array();
    if (format == ArrayFormat.NONE) {
      throw new IllegalArgumentException("query " + query.queryId() + " asks for no array");
    }
    return format.extension();
  }
}
