package dev.heliograph.pipeline;

import dev.heliograph.query.FailureCode;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.Warning;
import java.net.URI;
import java.util.Optional;

/** Reads the image files of results; one that cannot be had is a warning. Thread-safe. */
final class CandidateLoader {
  private final ImageSource source;
  private final ImageIngest ingest;
  private final long maxBytes;

  CandidateLoader(ImageSource source, ImageIngest ingest, long maxBytes) {
    this.source = source;
    this.ingest = ingest;
    this.maxBytes = maxBytes;
  }

  /** What an image is read for. */
  interface Use {
    LoadedImage load(ImageIngest ingest, byte[] bytes, Room room);
  }

  /**
   * Either the image, or a warning that says why there is none.
   *
   * @throws QueryFailedException with STORE_UNAVAILABLE, transient
   */
  Candidate load(String name, Optional<URI> uri, Room room, Use use) {
    if (uri.isEmpty()) {
      return missing(FailureCode.CANDIDATE_NOT_FOUND, "the gallery knows no image root", name);
    }
    try {
      byte[] bytes = source.read(uri.get(), maxBytes);
      return new Candidate(Optional.of(use.load(ingest, bytes, room)), Optional.empty());
    } catch (ImageSourceException e) {
      return switch (e.reason()) {
        case NOT_FOUND -> missing(FailureCode.CANDIDATE_NOT_FOUND, e.getMessage(), name);
        case FORBIDDEN, TOO_LARGE ->
            missing(FailureCode.CANDIDATE_UNREADABLE, e.getMessage(), name);
        case UNAVAILABLE ->
            throw new QueryFailedException(
                FailureCode.STORE_UNAVAILABLE, name + ": " + e.getMessage(), e);
      };
    } catch (UnreadableImageException e) {
      return missing(FailureCode.CANDIDATE_UNREADABLE, e.getMessage(), name);
    }
  }

  private static Candidate missing(FailureCode code, String message, String name) {
    return new Candidate(Optional.empty(), Optional.of(new Warning(code, message, name)));
  }

  /** Exactly one of the two is present, or neither if the image is not needed. */
  record Candidate(Optional<LoadedImage> image, Optional<Warning> warning) {
    static final Candidate NOT_NEEDED = new Candidate(Optional.empty(), Optional.empty());

    Candidate withImage(LoadedImage loaded) {
      return new Candidate(Optional.of(loaded), warning);
    }
  }
}
