package dev.heliograph.app.config;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The values of all settings: flags win over environment variables, those over the file, that over
 * the defaults. Unknown keys are refused. Immutable; never printed, since it holds secrets.
 */
public final class Settings {
  private static final String KAFKA_PROPERTY_VARIABLE = "HELIOGRAPH_KAFKA_PROPERTY_";
  private static final Set<String> KEYS =
      Arrays.stream(Setting.values()).map(Setting::key).collect(Collectors.toUnmodifiableSet());

  private final Map<Setting, String> values;
  private final Map<String, String> kafkaProperties;

  private Settings(Map<Setting, String> values, Map<String, String> kafkaProperties) {
    this.values = values;
    this.kafkaProperties = Map.copyOf(kafkaProperties);
  }

  /**
   * @param file Java properties, or empty for none
   * @param environment as {@link System#getenv()}
   * @param flags by key, from {@code --set key=value}
   * @throws SettingException if a key is unknown or the file cannot be read
   */
  public static Settings of(
      Optional<Path> file, Map<String, String> environment, Map<String, String> flags) {
    Map<String, String> fromFile = file.map(Settings::read).orElse(Map.of());
    refuseUnknown("flag --set", flags.keySet());
    file.ifPresent(path -> refuseUnknown(path.toString(), fromFile.keySet()));

    Map<Setting, String> values = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      String value = fromFile.getOrDefault(setting.key(), setting.defaultValue());
      value = environment.getOrDefault(setting.environmentVariable(), value);
      value = flags.getOrDefault(setting.key(), value);
      values.put(setting, value.strip());
    }
    Map<String, String> kafka = new HashMap<>(kafkaProperties(fromFile));
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(KAFKA_PROPERTY_VARIABLE)) {
            String property = name.substring(KAFKA_PROPERTY_VARIABLE.length());
            kafka.put(property.toLowerCase(Locale.ROOT).replace('_', '.'), value);
          }
        });
    kafka.putAll(kafkaProperties(flags));
    return new Settings(values, kafka);
  }

  private static Map<String, String> read(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new SettingException("configuration file " + file + " cannot be read: " + e);
    }
    return properties.stringPropertyNames().stream()
        .collect(Collectors.toMap(name -> name, properties::getProperty));
  }

  private static void refuseUnknown(String origin, Set<String> keys) {
    for (String key : keys) {
      if (!KEYS.contains(key) && !key.startsWith(Setting.KAFKA_PROPERTY_PREFIX)) {
        throw new SettingException(origin + ": unknown setting " + key);
      }
    }
  }

  private static Map<String, String> kafkaProperties(Map<String, String> all) {
    Map<String, String> found = new HashMap<>();
    all.forEach(
        (key, value) -> {
          if (key.startsWith(Setting.KAFKA_PROPERTY_PREFIX)) {
            found.put(key.substring(Setting.KAFKA_PROPERTY_PREFIX.length()), value);
          }
        });
    return found;
  }

  /** Properties handed on to the Kafka clients. */
  public Map<String, String> kafkaProperties() {
    return kafkaProperties;
  }

  public Optional<String> text(Setting setting) {
    return Optional.of(values.getOrDefault(setting, "")).filter(value -> !value.isEmpty());
  }

  public String required(Setting setting) {
    return text(setting)
        .orElseThrow(
            () ->
                new SettingException(
                    setting.key()
                        + " is not set (environment: "
                        + setting.environmentVariable()
                        + ")"));
  }

  public List<String> list(Setting setting) {
    return text(setting).stream()
        .flatMap(value -> Arrays.stream(value.split(",")))
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .toList();
  }

  public Path path(Setting setting) {
    return Path.of(required(setting));
  }

  /**
   * @return empty if it is not set
   */
  public Optional<URI> uri(Setting setting) {
    return text(setting).map(value -> uri(setting, value));
  }

  private static URI uri(Setting setting, String value) {
    try {
      return new URI(value);
    } catch (URISyntaxException e) {
      throw invalid(setting, value.replaceFirst("//[^/]*@", "//(user)@"), "a URI");
    }
  }

  public long number(Setting setting, long minimum, long maximum) {
    String value = required(setting);
    try {
      long number = Long.parseLong(value);
      if (number >= minimum && number <= maximum) {
        return number;
      }
    } catch (NumberFormatException e) {
      // falls through to the one message
    }
    throw invalid(setting, value, "a number in " + minimum + ".." + maximum);
  }

  /** Of a setting that is {@code on} or {@code off}. */
  public boolean isOn(Setting setting) {
    return choice(setting, Switch.class) == Switch.ON;
  }

  private enum Switch {
    ON,
    OFF
  }

  public Duration duration(Setting setting) {
    String value = required(setting);
    try {
      Duration duration = Duration.parse(value);
      if (!duration.isNegative()) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // falls through to the one message
    }
    throw invalid(setting, value, "an ISO 8601 duration such as PT30S");
  }

  public <E extends Enum<E>> E choice(Setting setting, Class<E> type) {
    String value = required(setting);
    String name = value.toUpperCase(Locale.ROOT).replace('-', '_');
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                invalid(
                    setting,
                    value,
                    "one of "
                        + Arrays.stream(type.getEnumConstants())
                            .map(c -> c.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .collect(Collectors.joining(", "))));
  }

  private static SettingException invalid(Setting setting, String value, String expected) {
    return new SettingException(setting.key() + ": \"" + value + "\" is not " + expected);
  }
}
