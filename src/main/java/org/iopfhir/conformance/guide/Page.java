// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A page of the guide while it is being written, from its heading down. */
final class Page {
    static final String INDEX = "index.html";
    static final String STYLE = "guide.css";

    private final String file;
    private final String title;
    private final List<Html> body = new ArrayList<>();
    private final List<Html> sections = new ArrayList<>();
    private int firstSection;

    Page(String file, String title) {
        this.file = file;
        this.title = title;
    }

    String file() {
        return file;
    }

    Page add(Html... parts) {
        body.addAll(List.of(parts));
        return this;
    }

    /** Add what FHIR calls markdown: paragraphs, of whose marks only those of code are read. */
    Page prose(@Nullable String markdown) {
        if (markdown != null) {
            for (String paragraph : markdown.split("\\n\\s*\\n", -1)) {
                add(Html.element("p", inline(paragraph)));
            }
        }
        return this;
    }

    /** Begin a section, to which the table of contents of a browser or another page can jump. */
    Page heading(String text) {
        String id = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        if (sections.isEmpty()) {
            firstSection = body.size();
        }
        sections.add(Html.element("li", Html.link("#" + id, Html.text(text))));
        return add(Html.element("h2", Html.text(text)).with("id", id));
    }

    /** Add a section with a table, unless the table is empty. */
    Page section(String heading, Table table) {
        return table.isEmpty() ? this : heading(heading).add(table.html());
    }

    /** Split a text at backticks, between which it is code. */
    static List<Html> inline(String text) {
        String[] parts = text.split("`", -1);
        List<Html> all = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            all.add(i % 2 == 1 ? Html.code(parts[i]) : Html.text(parts[i]));
        }
        return all;
    }

    /** The whole document. */
    String html() {
        boolean isIndex = file.equals(INDEX);
        List<Html> main = new ArrayList<>(body);
        if (sections.size() > 2) {
            main.add(
                    firstSection,
                    Html.element("nav", Html.element("ul", sections))
                            .with("class", "sections")
                            .with("aria-label", "On this page"));
        }
        main.add(0, Html.element("h1", Html.text(title)));
        Html skip = Html.link("#main", Html.text("Skip to the content")).with("class", "skip");
        Html home = isIndex ? Html.text("IOP FHIR") : Html.link(INDEX, Html.text("IOP FHIR: all pages"));
        Html document = Html.element(
                        "html",
                        head(isIndex),
                        Html.element(
                                "body",
                                skip,
                                Html.element("header", Html.element("nav", home).with("aria-label", "Guide")),
                                Html.element("main", main).with("id", "main"),
                                footer()))
                .with("lang", "en");
        StringBuilder out = new StringBuilder("<!DOCTYPE html>\n");
        document.write(out);
        return out.append('\n').toString();
    }

    private Html head(boolean isIndex) {
        return Html.element(
                "head",
                Html.element("meta").with("charset", "utf-8"),
                Html.element("meta").with("name", "viewport").with("content", "width=device-width, initial-scale=1"),
                Html.element("meta").with("name", "color-scheme").with("content", "light dark"),
                Html.element("title", Html.text(isIndex ? title : title + " · IOP FHIR")),
                Html.element("link").with("rel", "stylesheet").with("href", STYLE));
    }

    private static Html footer() {
        return Html.element(
                "footer",
                Html.p(
                        Html.text("IOP FHIR implementation guide, made from the same files as its "),
                        Html.link("package.tgz", Html.text("package")),
                        Html.text(". HL7 and FHIR are registered trademarks of Health Level Seven International.")));
    }
}
