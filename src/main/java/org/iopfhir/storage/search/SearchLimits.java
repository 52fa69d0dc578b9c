// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.rest.param.QualifierDetails;
import ca.uhn.fhir.rest.server.exceptions.ForbiddenOperationException;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry.SearchParamLookupContextEnum;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.outcome.Problem;

/**
 * Refuses a search that would cost too much before any of it runs. Raw text is looked at, since a chain or a
 * {@code _has} is not taken apart until the SQL is written.
 */
public final class SearchLimits {

    /**
     * A number with an exponent of three digits or more. Written out, as HAPI does, {@code 1e999999999} would take a
     * gigabyte.
     */
    private static final Pattern ABSURD_NUMBER =
            Pattern.compile("(?:^|[,$])(?:[a-z]{2})?[+-]?[0-9.]+[eE][+-]?0*[1-9][0-9]{2,}(?:$|[,|$])");

    private static final int LONGEST_NUMBER = 64;
    private static final Pattern LONG_NUMBER =
            Pattern.compile("(?:^|[,$])(?:[a-z]{2})?[+-]?[0-9.]{" + LONGEST_NUMBER + ",}");

    private final SearchSettings settings;
    private final ISearchParamRegistry registry;

    public SearchLimits(SearchSettings settings, ISearchParamRegistry registry) {
        this.settings = settings;
        this.registry = registry;
    }

    /**
     * Check all of {@code raw}, a search of {@code type}.
     *
     * @throws ForbiddenOperationException when it asks for too much
     * @throws InvalidRequestException     when a number in it is absurd
     */
    public void check(String type, Map<String, String[]> raw) {
        int conditions = raw.values().stream().mapToInt(values -> values.length).sum();
        if (conditions > settings.parameters()) {
            throw tooCostly("A search may have " + settings.parameters() + " parameters at most");
        }
        raw.forEach((name, values) -> {
            for (String value : values) {
                checkValue(type, name, value);
            }
        });
    }

    /** Refuse an offset beyond {@link SearchSettings#reach()}. */
    public void checkOffset(int offset) {
        if (offset > settings.reach()) {
            throw tooCostly("Paging ends after " + settings.reach()
                    + " matches; narrow the search, for example by _lastUpdated or date");
        }
    }

    /** Refuse a page that includes more than {@link SearchSettings#included()}. */
    void checkIncluded(int shown) {
        if (shown > settings.included()) {
            throw tooManyIncluded();
        }
    }

    /** Refuse a page of which something was, or may have been, cut off before anything hidden was taken out. */
    public void checkFound(int shownOrHidden) {
        if (shownOrHidden >= settings.includedOrHidden()) {
            throw tooManyIncluded();
        }
    }

    private ForbiddenOperationException tooManyIncluded() {
        return tooCostly("A page may include " + settings.included() + " resources at most; ask for fewer by _count");
    }

    private void checkValue(String type, String name, String value) {
        long alternatives = 1 + value.chars().filter(c -> c == ',').count();
        if (alternatives > settings.alternatives()) {
            throw tooCostly("A parameter may list " + settings.alternatives() + " values at most");
        }
        if (mayBeNumber(type, name)
                && (ABSURD_NUMBER.matcher(value).find()
                        || LONG_NUMBER.matcher(value).find())) {
            throw new InvalidRequestException(name + " must be a number of reasonable size");
        }
    }

    private boolean mayBeNumber(String type, String name) {
        if (name.startsWith("_has") || name.contains(".")) {
            return true;
        }
        String base = QualifierDetails.extractQualifiersFromParameterName(name).getParamName();
        RuntimeSearchParam parameter = registry.getActiveSearchParam(type, base, SearchParamLookupContextEnum.SEARCH);
        return parameter != null
                && switch (parameter.getParamType()) {
                    case NUMBER, QUANTITY, COMPOSITE -> true;
                    default -> false;
                };
    }

    // HAPI catches only its own exceptions in the middle of a Bundle, so it is one of its own that carries the refusal.
    private static ForbiddenOperationException tooCostly(String text) {
        return new ForbiddenOperationException(
                text, FailureTranslation.outcome(List.of(Problem.error(IssueType.TOOCOSTLY, text))));
    }
}
