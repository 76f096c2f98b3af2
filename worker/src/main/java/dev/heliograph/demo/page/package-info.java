/**
 * Answered queries as one self-contained HTML file: {@link dev.heliograph.demo.page.DemoPage}
 * renders {@link dev.heliograph.demo.page.PageEntry}s.
 */
@NullMarked
package dev.heliograph.demo.page;

import org.jspecify.annotations.NullMarked;
