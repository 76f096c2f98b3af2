package dev.heliograph.checkpoint;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the names in a pickle stand for. Whatever is not known here is refused. */
interface Globals {
  /**
   * The value or callable of this name.
   *
   * @throws CheckpointException if the name is not on the list
   */
  Object find(String module, String name);

  /** The result of calling what {@link #find} gave. */
  @Nullable Object call(@Nullable Object callable, List<@Nullable Object> arguments);

  /** A new object of a class that {@link #find} gave. */
  Object instantiate(@Nullable Object type, List<@Nullable Object> arguments);

  /** Sets an object's state. */
  void build(@Nullable Object target, @Nullable Object state);

  /** What a persistent id stands for. */
  Object persistent(@Nullable Object id);
}
