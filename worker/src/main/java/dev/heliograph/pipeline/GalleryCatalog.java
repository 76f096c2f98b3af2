package dev.heliograph.pipeline;

import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.QueryFailedException;

/** The galleries of this worker. Thread-safe. */
public interface GalleryCatalog {
  /**
   * The named version, or the current one.
   *
   * @throws QueryFailedException with GALLERY_UNKNOWN
   */
  Gallery find(GalleryReference reference);
}
