package dev.heliograph.imaging;

import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Work on one image by several threads: the caller's, and those of the common pool that are idle.
 */
final class Parts {
  private Parts() {}

  /** What a part came to: one of the two. */
  private record Result<T>(@Nullable T value, @Nullable Throwable failure) {}

  /**
   * Does all parts, and returns, or throws what the first one that failed threw, when nobody works
   * on any of them any more.
   *
   * @param part is given its number, from 0
   */
  static <T> List<T> of(int count, IntFunction<T> part) {
    List<Result<T>> results =
        IntStream.range(0, count).parallel().mapToObj(i -> result(part, i)).toList();
    return results.stream().map(Parts::value).toList();
  }

  /** As {@link #of}, of parts that come to nothing but what they do. */
  static void run(int count, IntConsumer part) {
    of(
        count,
        i -> {
          part.accept(i);
          return i;
        });
  }

  private static <T> Result<T> result(IntFunction<T> part, int index) {
    try {
      return new Result<>(part.apply(index), null);
    } catch (RuntimeException | Error e) {
      return new Result<>(null, e); // a stream would throw it while other parts go on
    }
  }

  private static <T> T value(Result<T> result) {
    if (result.failure instanceof RuntimeException failure) {
      throw failure;
    }
    if (result.failure instanceof Error failure) {
      throw failure;
    }
    return Objects.requireNonNull(result.value);
  }
}
