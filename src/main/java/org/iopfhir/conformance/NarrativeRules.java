// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.hl7.fhir.utilities.xhtml.NodeType;
import org.hl7.fhir.utilities.xhtml.XhtmlNode;

/**
 * Keep narratives to text: the elements and attributes that R4 allows, and nothing that a browser would run or fetch.
 *
 * @see <a href="http://hl7.org/fhir/R4/narrative.html">Narrative</a>
 */
final class NarrativeRules {
    private static final Set<String> ELEMENTS = Set.of(
            "a",
            "abbr",
            "acronym",
            "address",
            "b",
            "bdo",
            "big",
            "blockquote",
            "br",
            "caption",
            "cite",
            "code",
            "col",
            "colgroup",
            "dd",
            "dfn",
            "div",
            "dl",
            "dt",
            "em",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "i",
            "img",
            "kbd",
            "li",
            "ol",
            "p",
            "pre",
            "q",
            "samp",
            "small",
            "span",
            "strong",
            "sub",
            "sup",
            "table",
            "tbody",
            "td",
            "tfoot",
            "th",
            "thead",
            "tr",
            "tt",
            "ul",
            "var");

    private static final Set<String> EVERYWHERE =
            Set.of("accesskey", "class", "dir", "id", "lang", "style", "tabindex", "title", "xml:lang", "xmlns");

    private static final Set<String> IN_TABLES = Set.of(
            "abbr",
            "align",
            "axis",
            "border",
            "cellpadding",
            "cellspacing",
            "char",
            "charoff",
            "colspan",
            "frame",
            "headers",
            "rowspan",
            "rules",
            "scope",
            "span",
            "summary",
            "valign",
            "width");

    private static final Map<String, Set<String>> OF_ELEMENT = Map.of(
            "a", Set.of("charset", "href", "hreflang", "name", "rel", "rev", "type"),
            "img", Set.of("alt", "height", "longdesc", "src", "width"),
            "blockquote", Set.of("cite"),
            "q", Set.of("cite"),
            "ol", Set.of("start", "type"),
            "ul", Set.of("type"),
            "li", Set.of("value", "type"));

    private static final Set<String> TABLE_ELEMENTS =
            Set.of("table", "caption", "col", "colgroup", "thead", "tbody", "tfoot", "tr", "td", "th");

    /** A link may lead to another place, but not run anything; without a scheme it stays on this server. */
    private static final Pattern LINK =
            Pattern.compile("(?i)(?:(?:https?|mailto|tel|urn):.*|[^:]*|#.*)", Pattern.DOTALL);

    /** An image is fetched without asking the reader, so that it may only come from the narrative or this server. */
    private static final Pattern IMAGE =
            Pattern.compile("(?i)(?:data:image/(?:png|jpeg|gif);.*|#.*|(?!//)[^:]*)", Pattern.DOTALL);

    private static final Pattern ACTIVE_STYLE =
            Pattern.compile("(?i)url\\s*\\(|expression\\s*\\(|@import|javascript:|behavior\\s*:|-moz-binding|\\\\");

    private NarrativeRules() {}

    static List<Issue> check(XhtmlNode div, String path) {
        List<Issue> issues = new ArrayList<>();
        walk(div, path, issues);
        return issues;
    }

    private static void walk(XhtmlNode node, String path, List<Issue> issues) {
        if (node.getNodeType() == NodeType.Element) {
            String name = node.getName();
            if (!ELEMENTS.contains(name)) {
                issues.add(Issue.error(
                        "narrative-element",
                        path,
                        "A narrative holds text only; R4 does not allow this element: " + name));
                return;
            }
            node.getAttributes().forEach((attribute, value) -> checkAttribute(name, attribute, value, path, issues));
        } else if (node.getNodeType() == NodeType.DocType || node.getNodeType() == NodeType.Instruction) {
            issues.add(Issue.error(
                    "narrative-element", path, "A narrative holds no document type and no processing instruction"));
        }
        node.getChildNodes().forEach(child -> walk(child, path, issues));
    }

    private static void checkAttribute(String element, String name, String value, String path, List<Issue> issues) {
        if (!isAllowed(element, name)) {
            issues.add(Issue.error(
                    "narrative-attribute",
                    path,
                    "R4 does not allow this attribute in a narrative: " + element + "." + name));
        } else if (isUnsafe(name, value == null ? "" : value.strip())) {
            issues.add(Issue.error(
                    "narrative-link",
                    path,
                    "A narrative runs and fetches nothing from elsewhere: " + element + "." + name));
        }
    }

    private static boolean isAllowed(String element, String attribute) {
        String name = attribute.toLowerCase(Locale.ROOT);
        return EVERYWHERE.contains(name)
                || OF_ELEMENT.getOrDefault(element, Set.of()).contains(name)
                || (TABLE_ELEMENTS.contains(element) && IN_TABLES.contains(name));
    }

    private static boolean isUnsafe(String attribute, String value) {
        return switch (attribute.toLowerCase(Locale.ROOT)) {
            case "href", "cite", "longdesc" -> !LINK.matcher(value).matches();
            case "src" -> !IMAGE.matcher(value).matches();
            case "style" -> ACTIVE_STYLE.matcher(value).find();
            default -> false;
        };
    }
}
