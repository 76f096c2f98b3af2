/**
 * Galleries: built or imported, kept as immutable versions, searched exactly. Entry points: {@link
 * dev.heliograph.gallery.GalleryFolder} (the worker's catalog), {@link
 * dev.heliograph.gallery.GalleryBuilder}, {@link dev.heliograph.gallery.TorchDatabase} (import and
 * export), {@link dev.heliograph.gallery.ExactSearch}.
 *
 * <h2>Formats</h2>
 *
 * <pre>
 * {galleries}/{name}/current                 the current version's id, and a line feed
 * {galleries}/{name}/{version}/manifest.json what it is: {@link dev.heliograph.gallery.GalleryManifest}
 * {galleries}/{name}/{version}/features.f32  size × dimension floats, little-endian, rows of unit length
 * {galleries}/{name}/{version}/names.txt     UTF-8, one name per row, each with a line feed
 * </pre>
 *
 * Format 1 has these. Format 2 adds {@code explanations.i16} ({@link
 * dev.heliograph.gallery.ExplanationTable}), and format 3 {@code features.f16}, the features
 * rounded to IEEE halves, in the same order; it may have explanations.
 *
 * <p>A version is written under a name that starts with a dot, synced, and then renamed; {@code
 * current} is replaced by a rename as well. So a reader sees a version whole or not at all, and
 * never changes it. Old versions stay until someone deletes their folders, which does no harm to a
 * worker that has one open. The id is the UTC time at which the work began and eight digits of the
 * content's digest: ids sort by age, and the same build, interrupted and resumed, arrives at the
 * same id.
 *
 * <p>The digest of a version is the sha256 of four lines, each with a line feed: {@code heliograph
 * gallery 1}, {@code {size} {dimension}}, the sha256 of features.f32, the sha256 of names.txt; and
 * one more each for explanations and halves, where there are any.
 *
 * <p>features.f32 has no header: mapped, it starts at a page, and so do the blocks of 65,536 rows
 * in which it is searched.
 */
@NullMarked
package dev.heliograph.gallery;

import org.jspecify.annotations.NullMarked;
