// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a page. Made of elements and texts only, so that no text can be taken for markup: it is escaped when it is
 * written, and there is no way to write anything else.
 */
sealed interface Html {

    /** Append this as HTML. */
    void write(StringBuilder out);

    /** A text, whatever its characters. */
    static Html text(@Nullable String text) {
        return new Text(text == null ? "" : text);
    }

    /** An element with children. Its name comes from our code and never from content. */
    static Element element(String name, Html... children) {
        return new Element(name, List.of(), List.of(children));
    }

    static Element element(String name, List<? extends Html> children) {
        return new Element(name, List.of(), List.copyOf(children));
    }

    static Element code(@Nullable String text) {
        return element("code", text(text));
    }

    static Element p(Html... children) {
        return element("p", children);
    }

    /**
     * A link to another page of the guide or to the web.
     *
     * @throws IllegalArgumentException for any other kind of address, such as one that would run a script
     */
    static Element link(String address, Html... children) {
        return element("a", children).with("href", address);
    }

    record Text(String text) implements Html {
        @Override
        public void write(StringBuilder out) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                switch (c) {
                    case '&' -> out.append("&amp;");
                    case '<' -> out.append("&lt;");
                    case '>' -> out.append("&gt;");
                    case '"' -> out.append("&quot;");
                    case '\'' -> out.append("&#39;");
                    default -> out.append(c);
                }
            }
        }
    }

    /** An attribute, always between quotes. */
    record Attribute(String name, String value) {}

    record Element(String name, List<Attribute> attributes, List<Html> children) implements Html {
        private static final Pattern ADDRESS = Pattern.compile(
                "https?://.+|#[A-Za-z0-9._:-]+|\\.\\./fhir/[A-Za-z0-9/.-]+|[A-Za-z0-9][A-Za-z0-9._-]*([?#].*)?");
        private static final Set<String> EMPTY = Set.of("meta", "link");

        public Element {
            attributes = List.copyOf(attributes);
            children = List.copyOf(children);
        }

        /** This element with one more attribute. */
        Element with(String attribute, String value) {
            if (attribute.equals("href") && !ADDRESS.matcher(value).matches()) {
                throw new IllegalArgumentException("No address of a page: " + value);
            }
            List<Attribute> all = new ArrayList<>(attributes);
            all.add(new Attribute(attribute, value));
            return new Element(name, all, children);
        }

        @Override
        public void write(StringBuilder out) {
            out.append('<').append(name);
            for (Attribute attribute : attributes) {
                out.append(' ').append(attribute.name()).append("=\"");
                new Text(attribute.value()).write(out);
                out.append('"');
            }
            // Every page is well-formed XML as well, which is the easiest to check.
            if (EMPTY.contains(name)) {
                out.append("/>");
                return;
            }
            out.append('>');
            children.forEach(child -> child.write(out));
            out.append("</").append(name).append('>');
        }
    }
}
