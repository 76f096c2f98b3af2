/**
 * The values of composed image retrieval: what is asked ({@link dev.heliograph.query.Query}), what
 * becomes of it ({@link dev.heliograph.query.QueryOutcome}) and why an image was returned ({@link
 * dev.heliograph.query.SaliencyMap}). Depends on nothing but the JDK.
 */
@NullMarked
package dev.heliograph.query;

import org.jspecify.annotations.NullMarked;
