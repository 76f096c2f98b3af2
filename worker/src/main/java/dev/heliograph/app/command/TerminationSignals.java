package dev.heliograph.app.command;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Hears SIGTERM and SIGINT before the JVM does, which hears no second one once it shuts down. The
 * JDK's only class for it ({@code sun.misc.Signal}, module jdk.unsupported) is used by reflection:
 * a runtime may come without it.
 */
final class TerminationSignals {
  private TerminationSignals() {}

  /**
   * From now on the process does not end by these signals; each calls the runnable, on a thread of
   * its own.
   *
   * @return whether this JVM lets them be heard; else they are handled as ever
   */
  static boolean handle(Runnable whenTold) {
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

  private static @Nullable Object call(
      Object proxy, Method method, Object[] arguments, Runnable whenTold) {
    return switch (method.getName()) {
      case "handle" -> {
        whenTold.run();
        yield null;
      }
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> TerminationSignals.class.getName();
    };
  }
}
