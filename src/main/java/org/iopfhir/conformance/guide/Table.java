// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import java.util.ArrayList;
import java.util.List;

/** A table with a caption, whose rows and columns both have headings, for those who hear it instead of seeing it. */
final class Table {
    private final String caption;
    private final List<String> labels;
    private final List<Html> columns = new ArrayList<>();
    private final List<Html> rows = new ArrayList<>();

    Table(String caption, String... columns) {
        this.caption = caption;
        this.labels = List.of(columns);
        for (String column : columns) {
            this.columns.add(
                    Html.element("th", Html.text(column)).with("scope", "col").with("role", "columnheader"));
        }
    }

    /** Add a row; its first cell is its heading. */
    Table row(Html... cells) {
        return add(Html.element("tr", cellsOf(cells)));
    }

    /** Add a row to which a page can link, from its own heading at first. */
    Table anchored(String id, Html... cells) {
        Html[] linked = cells.clone();
        linked[0] = Html.link("#" + id, cells[0]);
        return add(Html.element("tr", cellsOf(linked)).with("id", id));
    }

    private Table add(Html.Element row) {
        rows.add(row.with("role", "row"));
        return this;
    }

    private List<Html> cellsOf(Html... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(caption + " has " + columns.size() + " columns, not " + cells.length);
        }
        List<Html> row = new ArrayList<>();
        row.add(Html.element("th", cells[0]).with("scope", "row").with("role", "rowheader"));
        for (int i = 1; i < cells.length; i++) {
            row.add(Html.element("td", cells[i]).with("role", "cell").with("data-label", labels.get(i)));
        }
        return row;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /**
     * The table, in a frame that scrolls by keyboard too. A narrow window shows each row as a block with the heading of
     * the column before each cell; the roles keep it a table for a screen reader.
     */
    Html html() {
        Html table = Html.element(
                        "table",
                        Html.element("caption", Html.text(caption)),
                        Html.element("thead", Html.element("tr", columns).with("role", "row"))
                                .with("role", "rowgroup"),
                        Html.element("tbody", rows).with("role", "rowgroup"))
                .with("role", "table");
        return Html.element("div", table)
                .with("class", "scroll")
                .with("role", "region")
                .with("tabindex", "0")
                .with("aria-label", caption);
    }
}
