// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import java.util.ArrayList;
import java.util.List;

/** A table with a caption, whose rows and columns both have headings, for those who hear it instead of seeing it. */
final class Table {
    private final String caption;
    private final List<Html> columns = new ArrayList<>();
    private final List<Html> rows = new ArrayList<>();

    Table(String caption, String... columns) {
        this.caption = caption;
        for (String column : columns) {
            this.columns.add(Html.element("th", Html.text(column)).with("scope", "col"));
        }
    }

    /** Add a row; its first cell is its heading. */
    Table row(Html... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(caption + " has " + columns.size() + " columns, not " + cells.length);
        }
        List<Html> row = new ArrayList<>();
        row.add(Html.element("th", cells[0]).with("scope", "row"));
        for (int i = 1; i < cells.length; i++) {
            row.add(Html.element("td", cells[i]));
        }
        rows.add(Html.element("tr", row));
        return this;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The table, in a frame that scrolls by keyboard too where the window is narrow. */
    Html html() {
        Html table = Html.element(
                "table",
                Html.element("caption", Html.text(caption)),
                Html.element("thead", Html.element("tr", columns)),
                Html.element("tbody", rows));
        return Html.element("div", table)
                .with("class", "scroll")
                .with("role", "region")
                .with("tabindex", "0")
                .with("aria-label", caption);
    }
}
