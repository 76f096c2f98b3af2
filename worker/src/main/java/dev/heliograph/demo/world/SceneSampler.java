package dev.heliograph.demo.world;

import dev.heliograph.demo.world.Scene.Companion;
import dev.heliograph.demo.world.SceneEdit.Attribute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Makes scenes, descriptions and edits. Draws from its generator in the order in which {@code
 * demo-world/world.py} does: a changed order changes every later scene of a seed. Not thread-safe.
 */
public final class SceneSampler {
  /** One part of an edit. */
  private record Change(Scene target, String caption) {}

  private static final List<Shape> SHAPES = List.of(Shape.values());
  private static final List<Colour> COLOURS = List.of(Colour.values());
  private static final List<Fill> FILLS = List.of(Fill.values());
  private static final List<Background> BACKGROUNDS = List.of(Background.values());

  private final PythonRandom random;

  public SceneSampler(PythonRandom random) {
    this.random = random;
  }

  public Scene scene() {
    Optional<Companion> companion =
        random.random() < 0.35 ? Optional.of(companion()) : Optional.empty();
    return new Scene(
        random.choice(SHAPES),
        random.choice(COLOURS),
        random.choice(FILLS),
        random.choice(BACKGROUNDS),
        companion,
        random.uniform(0.36, 0.64),
        random.uniform(0.36, 0.64),
        random.uniform(0.18, 0.3),
        random.uniform(-0.5, 0.5),
        random.below(1 << 30));
  }

  /** The same described scene, drawn elsewhere, at another size, in other tints. */
  public Scene jitter(Scene scene) {
    return scene.placedLike(scene());
  }

  /** A noun phrase that leaves attributes out at random, never the shape. */
  public String describe(Scene scene) {
    List<String> words = new ArrayList<>();
    if (random.random() < 0.75) {
      words.add(scene.fill().word());
    }
    if (random.random() < 0.85) {
      words.add(scene.colour().word());
    }
    words.add(scene.shape().word());
    String text = withArticle(String.join(" ", words));
    if (random.random() < 0.7) {
      text += " on " + withArticle(scene.background().word()) + " background";
    }
    if (scene.companion().isPresent() && random.random() < 0.85) {
      text += " with " + around(scene.companion().get());
    }
    return text;
  }

  /** Changes one attribute, or two, of what captions speak of, and draws the result elsewhere. */
  public SceneEdit edit(Scene scene) {
    List<Attribute> asked =
        random.sample(Arrays.asList(Attribute.values()), random.random() < 0.6 ? 1 : 2);
    Scene target = scene;
    List<String> parts = new ArrayList<>();
    for (Attribute attribute : asked) {
      Change change = change(scene, target, attribute);
      target = change.target();
      parts.add(change.caption());
    }
    return new SceneEdit(scene, jitter(target), asked, String.join(" and ", parts));
  }

  private Change change(Scene scene, Scene target, Attribute attribute) {
    return switch (attribute) {
      case COLOUR -> {
        Colour colour = other(COLOURS, scene.colour());
        String caption = replaced(colour.word(), scene.colour().word());
        yield new Change(target.withColour(colour), caption);
      }
      case FILL -> {
        Fill fill = other(FILLS, scene.fill());
        yield new Change(target.withFill(fill), replaced(fill.word(), scene.fill().word()));
      }
      case BACKGROUND -> {
        Background background = other(BACKGROUNDS, scene.background());
        String place = withArticle(background.word()) + " background";
        String caption = random.choice(List.of("is on " + place, "has " + place));
        yield new Change(target.withBackground(background), caption);
      }
      case SHAPE -> {
        Shape shape = other(SHAPES, scene.shape());
        String former = withArticle(scene.shape().word());
        String caption = "is " + withArticle(shape.word()) + " instead of " + former;
        yield new Change(target.withShape(shape), caption);
      }
      case SMALL_OBJECTS -> changeCompanion(scene, target);
    };
  }

  private Change changeCompanion(Scene scene, Scene target) {
    if (scene.companion().isPresent() && random.random() < 0.4) {
      return new Change(target.withCompanion(Optional.empty()), "has nothing around it");
    }
    Companion companion = companion();
    return new Change(target.withCompanion(Optional.of(companion)), "has " + around(companion));
  }

  private Companion companion() {
    Shape shape = random.choice(SHAPES);
    return new Companion(shape, random.choice(COLOURS));
  }

  private <T> T other(List<T> values, T current) {
    return random.choice(
        values.stream().filter(value -> value != current).collect(Collectors.toList()));
  }

  private String replaced(String to, String from) {
    return random.choice(List.of("is " + to, "is " + to + " instead of " + from));
  }

  private static String around(Companion companion) {
    return "small " + companion.colour().word() + " " + companion.shape().plural() + " around it";
  }

  private static String withArticle(String words) {
    return ("aeiou".indexOf(words.charAt(0)) >= 0 ? "an " : "a ") + words;
  }
}
