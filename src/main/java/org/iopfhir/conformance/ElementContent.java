// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r5.elementmodel.Element;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what an element says, so that two elements with the same words get the same verdict. Codes, amounts and
 * names are written to the letter; dates, references and texts, if so asked, by their sort alone: which day it is, whom
 * it is about and what is told of it changes nothing, as long as it is a day of this age in its plain form, a reference
 * that tells the type, and text in plain characters.
 */
final class ElementContent {
    private static final int LONGEST = 3_000;
    private static final int LONGEST_TEXT = 2_000;

    private static final Set<String> BY_LETTER = Set.of(
            "CodeableConcept",
            "Coding",
            "Quantity",
            "Duration",
            "Range",
            "Extension",
            "code",
            "uri",
            "string",
            "boolean",
            "integer",
            "positiveInt",
            "unsignedInt",
            "decimal");

    private static final Set<String> SORTED =
            Set.of("string", "markdown", "date", "dateTime", "instant", "Period", "Reference");

    private static final Set<String> OF_SORTED = Set.of("Timing", "Annotation", "BackboneElement", "Element");

    /** Their texts belong to a code or an amount, and are compared with it. */
    private static final Set<String> NAMING = Set.of("Coding", "Quantity", "Duration");

    private static final Pattern REFERENCE = Pattern.compile("([A-Z][A-Za-z]+)/[A-Za-z0-9.\\-]{1,64}");
    private static final Pattern DAY = Pattern.compile("(?:19|20)\\d\\d-\\d\\d-\\d\\d");
    private static final Pattern TIME =
            Pattern.compile("(?:19|20)\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)");
    private static final String MARKS = ",.;:!?'()%+-";

    private final boolean isBySort;
    private final Extensions extensions;
    private final StringBuilder content = new StringBuilder();

    /** Whether an extension may be written down so. */
    interface Extensions {
        boolean allow(String url, boolean isBySort);
    }

    ElementContent(boolean isBySort, Extensions extensions) {
        this.isBySort = isBySort;
        this.extensions = extensions;
    }

    /** Whether the values of a type are told by their sort. */
    static boolean isSorted(String type) {
        return SORTED.contains(type);
    }

    /** Return what it says, or {@code null} when there is anything in it that is not judged by itself. */
    @Nullable
    String of(Element element) {
        return write(element, "") ? content.toString() : null;
    }

    private boolean write(Element element, String around) {
        String type = element.fhirType();
        content.append(element.getName()).append(':').append(type).append('(');
        boolean isKnown = BY_LETTER.contains(type) || (isBySort && (SORTED.contains(type) || OF_SORTED.contains(type)));
        // An id is compared with all others of the resource.
        boolean isWritten = isKnown
                && !element.getName().equals("id")
                && isAllowed(element, type)
                && writeValue(element, type, around)
                && (!type.equals("Period") || isInOrder(element))
                && content.length() <= LONGEST;
        if (!isWritten) {
            return false;
        }
        for (Element child : element.getChildren()) {
            if (!write(child, type)) {
                return false;
            }
        }
        content.append(')');
        return true;
    }

    private boolean isAllowed(Element element, String type) {
        if (!type.equals("Extension")) {
            return true;
        }
        String url = element.getNamedChildValue("url");
        return url != null && (!url.contains(":") || extensions.allow(url, isBySort));
    }

    private boolean writeValue(Element element, String type, String around) {
        String value = element.isPrimitive() ? element.primitiveValue() : null;
        if (value == null) {
            return true;
        }
        if (isBySort && SORTED.contains(type) && !NAMING.contains(around)) {
            boolean isTarget = around.equals("Reference") && element.getName().equals("reference");
            return isTarget ? writeFirst(REFERENCE.matcher(value)) : writeSort(value, type);
        }
        // Each text is preceded by its length.
        content.append(value.length()).append(' ').append(value);
        return true;
    }

    private boolean writeFirst(Matcher known) {
        boolean isKnown = known.matches();
        if (isKnown) {
            content.append(known.group(1));
        }
        return isKnown;
    }

    private boolean writeSort(String value, String type) {
        if (type.equals("string") || type.equals("markdown")) {
            content.append("text");
            return isPlainText(value);
        }
        boolean isDay = DAY.matcher(value).matches();
        content.append(isDay ? "day" : "time");
        return isDay ? isDay(value) : isTime(value) && writeFirst(TIME.matcher(value));
    }

    /** A period that ends before it starts is looked at each time, and so is one whose ends are of two sorts. */
    private static boolean isInOrder(Element period) {
        String start = period.getNamedChildValue("start");
        String end = period.getNamedChildValue("end");
        if (start == null || end == null) {
            return true;
        }
        return isDay(start)
                ? isDay(end) && start.compareTo(end) <= 0
                : isTime(start) && isTime(end) && !OffsetDateTime.parse(end).isBefore(OffsetDateTime.parse(start));
    }

    /** Words with single spaces between them: nothing that could be markup, a link or an invisible character. */
    private static boolean isPlainText(String value) {
        char before = ' ';
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean isPlain = Character.isLetterOrDigit(c) || MARKS.indexOf(c) >= 0 || (c == ' ' && before != ' ');
            if (!isPlain) {
                return false;
            }
            before = c;
        }
        return before != ' ' && value.length() <= LONGEST_TEXT;
    }

    private static boolean isDay(String value) {
        try {
            return DAY.matcher(value).matches() && LocalDate.parse(value) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static boolean isTime(String value) {
        try {
            return TIME.matcher(value).matches() && OffsetDateTime.parse(value) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }
}
