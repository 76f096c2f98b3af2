package dev.heliograph.demo.world;

import java.util.Objects;
import java.util.Optional;

/**
 * One main object on a background, with optional small companions around it. Shape, colour, fill,
 * background and companions are what captions speak of; the rest is where and how it is drawn.
 *
 * @param cx centre, as a fraction of the shorter side
 * @param cy centre, as a fraction of the shorter side, from the top
 * @param radius as a fraction of the shorter side
 * @param angle radians
 * @param seed of everything that is neither described nor placed: tints, companions' places, noise
 */
public record Scene(
    Shape shape,
    Colour colour,
    Fill fill,
    Background background,
    Optional<Companion> companion,
    double cx,
    double cy,
    double radius,
    double angle,
    int seed) {
  public Scene {
    Objects.requireNonNull(shape, "shape");
    Objects.requireNonNull(colour, "colour");
    Objects.requireNonNull(fill, "fill");
    Objects.requireNonNull(background, "background");
    Objects.requireNonNull(companion, "companion");
    if (radius <= 0 || seed < 0) {
      throw new IllegalArgumentException("radius " + radius + " or seed " + seed + " is too small");
    }
  }

  /** The kind of the small objects. */
  public record Companion(Shape shape, Colour colour) {
    public Companion {
      Objects.requireNonNull(shape, "shape");
      Objects.requireNonNull(colour, "colour");
    }
  }

  /** True if a caption could not tell the main objects apart. */
  public boolean sameMainObject(Scene other) {
    return shape == other.shape && colour == other.colour && fill == other.fill;
  }

  Scene withShape(Shape value) {
    return new Scene(value, colour, fill, background, companion, cx, cy, radius, angle, seed);
  }

  Scene withColour(Colour value) {
    return new Scene(shape, value, fill, background, companion, cx, cy, radius, angle, seed);
  }

  Scene withFill(Fill value) {
    return new Scene(shape, colour, value, background, companion, cx, cy, radius, angle, seed);
  }

  Scene withBackground(Background value) {
    return new Scene(shape, colour, fill, value, companion, cx, cy, radius, angle, seed);
  }

  Scene withCompanion(Optional<Companion> value) {
    return new Scene(shape, colour, fill, background, value, cx, cy, radius, angle, seed);
  }

  /** What is described here, drawn as the other scene is. */
  Scene placedLike(Scene other) {
    return new Scene(
        shape,
        colour,
        fill,
        background,
        companion,
        other.cx,
        other.cy,
        other.radius,
        other.angle,
        other.seed);
  }
}
