/**
 * The demo world: procedurally drawn scenes whose objects are known to the pixel. {@link
 * dev.heliograph.demo.world.SceneSampler} makes scenes and relative captions that edit them, {@link
 * dev.heliograph.demo.world.ScenePainter} draws them. The same seeds give the same scenes, captions
 * and pictures as {@code demo-world/world.py}, which the demo model was trained with.
 */
@NullMarked
package dev.heliograph.demo.world;

import org.jspecify.annotations.NullMarked;
