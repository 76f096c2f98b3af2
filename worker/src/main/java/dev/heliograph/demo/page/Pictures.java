package dev.heliograph.demo.page;

import dev.heliograph.query.RgbImage;
import java.util.Optional;

/** Where a page finds the pictures of results. */
public interface Pictures {
  /** The picture of this name in the gallery; empty if it is missing or cannot be read. */
  Optional<RgbImage> find(String imageName);
}
