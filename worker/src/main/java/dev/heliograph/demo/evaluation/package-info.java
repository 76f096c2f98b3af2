/**
 * Measures composed retrieval and saliency on fresh demo-world scenes, against the scenes' exact
 * masks. {@link dev.heliograph.demo.evaluation.Evaluation} runs it, {@link
 * dev.heliograph.demo.evaluation.EvaluationReport} holds what was measured, {@link
 * dev.heliograph.demo.evaluation.EvaluationTable} and {@link
 * dev.heliograph.demo.evaluation.EvaluationJson} write it down.
 */
@NullMarked
package dev.heliograph.demo.evaluation;

import org.jspecify.annotations.NullMarked;
