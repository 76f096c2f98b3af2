package dev.heliograph.demo.world;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A scene made from another one.
 *
 * @param asked what the caption speaks of, one attribute or two
 * @param caption what was asked for, to stand behind "a photo of $ that"
 */
public record SceneEdit(Scene source, Scene target, List<Attribute> asked, String caption) {
  public SceneEdit {
    asked = List.copyOf(asked);
  }

  /** What an edit can change. The order is part of what a seed means. */
  public enum Attribute {
    COLOUR,
    FILL,
    BACKGROUND,
    SMALL_OBJECTS,
    SHAPE
  }

  /**
   * Where the target shows what was asked for. Empty if small objects were to vanish: there is
   * nothing to point at.
   */
  public Set<Region> changed() {
    Set<Region> changed = EnumSet.noneOf(Region.class);
    if (!source.sameMainObject(target)) {
      changed.add(Region.MAIN_OBJECT);
    }
    if (target.companion().isPresent() && !source.companion().equals(target.companion())) {
      changed.add(Region.SMALL_OBJECTS);
    }
    if (source.background() != target.background()) {
      changed.add(Region.BACKGROUND);
    }
    return changed;
  }
}
