/**
 * Published model weights: which there are ({@link dev.heliograph.app.models.PublishedModels}) and
 * how they get into a folder ({@link dev.heliograph.app.models.ModelFetch}).
 */
@NullMarked
package dev.heliograph.app.models;

import org.jspecify.annotations.NullMarked;
