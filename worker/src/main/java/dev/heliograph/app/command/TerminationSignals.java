package dev.heliograph.app.command;

import dev.heliograph.inference.ClipCompositionModel;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
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

  private TerminationSignals() {}

  /**
   * From now on the process does not end by these signals; each is given to {@code whenTold}, by
   * its number, on a thread of its own.
   *
   * @return whether this JVM lets them be heard; else they are handled as ever
   */
  static boolean handle(IntConsumer whenTold) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object calling =
          Proxy.newProxyInstance(
              TerminationSignals.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> call(proxy, method, arguments, whenTold));
      for (String name : new String[] {"TERM", "INT"}) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), calling);
      }
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /**
   * From now on these signals end the process as they do by default, but not in the middle of a
   * model's pass. What a command writes is whole at any moment, so nothing else need be awaited.
   */
  static void endBetweenPasses() {
    handle(
        signal -> {
          ClipCompositionModel.endAll();
          Runtime.getRuntime().halt(SIGNALLED + signal);
        });
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
