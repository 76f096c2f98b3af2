package dev.heliograph.events.codec;

import org.apache.avro.util.ClassSecurityValidator;

/**
 * Tells Avro that the generated event classes may be instantiated. Since 1.12.2 Avro refuses every
 * class that nobody vouched for, generated ones too (AVRO-4189), and knows only a list for the
 * whole JVM. This adds one package to whatever is trusted already.
 */
public final class EventClasses {
  private static final String PACKAGE = "dev.heliograph.events";

  static {
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(), type -> type.getPackageName().equals(PACKAGE)));
  }

  private EventClasses() {}

  /**
   * To be called before the first use of an event's builder. The codecs call it themselves; calling
   * it again changes nothing.
   */
  public static void trust() {
    // Loading the class has done it, once.
  }
}
