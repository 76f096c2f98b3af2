package dev.heliograph.app.command;

import dev.heliograph.inference.ClipCompositionModel;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Hears SIGTERM and SIGINT before the JVM does, which hears no second one once it shuts down. The
 * JDK's only class for it ({@code sun.misc.Signal}, module jdk.unsupported) is used by reflection:
 * a runtime may come without it.
 */
final class TerminationSignals {
  /** A shell's status of a process that a signal has ended is the signal's number above this. */
  private static final int SIGNALLED = 128;

  private static final List<String> STOPPING = List.of("TERM", "INT");

  private static final List<String> ENDING = List.of("TERM", "INT", "HUP");

  private TerminationSignals() {}

  /**
   * From now on the process does not end by SIGTERM and SIGINT; each is given to {@code whenTold},
   * by its number, on a thread of its own.
   *
   * @return whether this JVM lets them be heard; else they are handled as ever
   */
  static boolean handle(IntConsumer whenTold) {
    return handle(STOPPING, whenTold);
  }

  /**
   * From now on these signals, and a terminal that goes, end the process as they do by default, but
   * not in the middle of a model's pass; for who cannot wait, a second one does even then. What a
   * command writes is whole at any moment, so nothing else need be awaited.
   */
  static void endBetweenPasses() {
    handle(
        ENDING,
        signal -> {
          try {
            leaveToSystem(ENDING);
            ClipCompositionModel.endAll();
          } finally {
            System.exit(SIGNALLED + signal); // libraries delete their temporary files
          }
        });
  }

  private static boolean handle(List<String> names, IntConsumer whenTold) {
    try {
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object calling =
          Proxy.newProxyInstance(
              TerminationSignals.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> call(proxy, method, arguments, whenTold));
      set(names, calling);
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /** Which ends the process without an exit, and so without a crash. */
  private static void leaveToSystem(List<String> names) {
    try {
      Object system = Class.forName("sun.misc.SignalHandler").getField("SIG_DFL").get(null);
      set(names, Objects.requireNonNull(system));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("signals could be handled, and now they cannot", e);
    }
  }

  private static void set(List<String> names, Object handler) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Method handle = signal.getMethod("handle", signal, Class.forName("sun.misc.SignalHandler"));
    for (String name : names) {
      handle.invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
    }
  }

  private static @Nullable Object call(
      Object proxy, Method method, Object[] arguments, IntConsumer whenTold)
      throws ReflectiveOperationException {
    return switch (method.getName()) {
      case "handle" -> {
        whenTold.accept((int) arguments[0].getClass().getMethod("getNumber").invoke(arguments[0]));
        yield null;
      }
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> TerminationSignals.class.getName();
    };
  }
}
