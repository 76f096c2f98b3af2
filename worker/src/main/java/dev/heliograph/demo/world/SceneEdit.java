package dev.heliograph.demo.world;

/**
 * A scene made from another one.
 *
 * @param caption what was asked for, to stand behind "a photo of $ that"
 */
public record SceneEdit(Scene target, String caption) {}
