// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.iopfhir.storage.journal.AuditColumns;
import org.iopfhir.storage.journal.AuditFiling;
import org.iopfhir.storage.journal.AuditRow;
import org.iopfhir.storage.search.PageSettings;
import org.iopfhir.storage.search.Paging;
import org.iopfhir.storage.search.Preference;
import org.iopfhir.storage.search.SearchLimits;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/** Reads the journal: one event, or a page of those that a search selects, the newest first unless asked otherwise. */
public final class AuditSearch {

    /** What AuditEvents can be searched by. */
    public static final List<String> PARAMETERS = List.of(
            "_id",
            "_lastUpdated",
            "action",
            "agent",
            "date",
            "entity",
            "outcome",
            "patient",
            PatientCompartment.PARAMETER,
            "source",
            "subtype",
            "type");

    private static final Set<String> ABOUT_THE_RESULT =
            Set.of("_count", "_offset", "_sort", "_total", "_summary", "_elements", "_format", "_pretty");

    private final JdbcOperations database;
    private final AuditFiling filing;
    private final PageSettings pages;
    private final SearchLimits limits;
    private final Clock clock;

    AuditSearch(JdbcOperations database, AuditFiling filing, PageSettings pages, SearchLimits limits, Clock clock) {
        this.database = database;
        this.filing = filing;
        this.pages = pages;
        this.limits = limits;
        this.clock = clock;
    }

    /** The event of that id, if the reader may see it. */
    Optional<AuditRow> find(String id, @Nullable Set<String> patients) {
        filing.file();
        AuditQuery query = new AuditQuery("a.ID = ?", List.of(id)).within(patients);
        return rows(query, "").stream().findFirst();
    }

    /**
     * Read a search, and leave in {@code request} what of it is answered.
     *
     * @param patients ids of the only patients of whose events the reader may know; {@code null} for all
     * @throws InvalidRequestException when a parameter is unknown or a value cannot be read
     */
    Asked parse(RequestDetails request, @Nullable Set<String> patients) {
        if (Preference.isLenient(request)) {
            Map<String, String[]> known = new LinkedHashMap<>(request.getParameters());
            known.keySet().removeIf(name -> !isAboutTheResult(name) && !PARAMETERS.contains(withoutModifier(name)));
            request.setParameters(known);
        }
        limits.check("AuditEvent", request.getParameters());
        Paging page = Paging.of(request, pages);
        limits.checkOffset(page.offset());
        request.addParameter(Constants.PARAM_OFFSET, new String[] {Integer.toString(page.offset())});
        return new Asked(
                AuditQuery.of(request, clock, patients),
                page,
                newestFirst(request),
                countsOnly(request),
                wantsTotal(request));
    }

    /** The events that {@code asked} selects, one more than its page has if there are more. */
    Found find(Asked asked) {
        filing.file();
        AuditQuery query = asked.query();
        Integer total = asked.total() || asked.countOnly()
                ? database.queryForObject(
                        "select count(*) from IOP_AUDIT a where " + query.sql(),
                        Integer.class,
                        query.values().toArray())
                : null;
        if (asked.countOnly()) {
            return new Found(List.of(), total);
        }
        String direction = asked.newestFirst() ? " desc" : " asc";
        String order = " order by a.RECORDED" + direction + ", a.ID" + direction + " limit "
                + (asked.page().count() + 1) + " offset " + asked.page().offset();
        return new Found(rows(query, order), total);
    }

    static boolean isAboutTheResult(String name) {
        return name.isBlank() || ABOUT_THE_RESULT.contains(name);
    }

    private static String withoutModifier(String name) {
        int colon = name.indexOf(':');
        return colon < 0 ? name : name.substring(0, colon);
    }

    private static boolean newestFirst(RequestDetails request) {
        String sort = first(request, Constants.PARAM_SORT);
        if (sort == null) {
            return true;
        }
        return switch (sort) {
            case "-date", "-_lastUpdated" -> true;
            case "date", "_lastUpdated" -> false;
            default -> throw new InvalidRequestException("AuditEvents are sorted by date or -date only");
        };
    }

    private static boolean wantsTotal(RequestDetails request) {
        String mode = first(request, Constants.PARAM_SEARCH_TOTAL_MODE);
        if (mode != null && !Set.of("none", "estimate", "accurate").contains(mode)) {
            throw new InvalidRequestException("_total must be none, estimate or accurate");
        }
        return mode != null && !mode.equals("none");
    }

    private static boolean countsOnly(RequestDetails request) {
        return "count".equals(first(request, Constants.PARAM_SUMMARY))
                || "0".equals(first(request, Constants.PARAM_COUNT));
    }

    private static @Nullable String first(RequestDetails request, String name) {
        String[] values = request.getParameters().get(name);
        return values == null || values.length == 0 || values[0].isBlank() ? null : values[0];
    }

    private List<AuditRow> rows(AuditQuery query, String order) {
        return database.query(
                "select a.* from IOP_AUDIT a where " + query.sql() + order,
                (result, index) -> AuditColumns.row(result),
                query.values().toArray());
    }

    /**
     * A search that can be answered.
     *
     * @param newestFirst the order
     * @param countOnly   whether nothing but the number of all matches is wanted
     * @param total       whether that number is wanted besides
     */
    record Asked(AuditQuery query, Paging page, boolean newestFirst, boolean countOnly, boolean total) {}

    /**
     * What was found.
     *
     * @param total number of all matches; {@code null} when it is not wanted
     */
    record Found(List<AuditRow> rows, @Nullable Integer total) {}
}
