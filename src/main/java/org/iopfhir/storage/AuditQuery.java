// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.param.DateRangeParam;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.iopfhir.storage.journal.AuditPatients;
import org.iopfhir.storage.search.LastUpdated;
import org.jspecify.annotations.Nullable;

/**
 * The condition of a search of AuditEvent, as SQL upon the journal.
 *
 * @param sql    after {@code where}
 * @param values of its question marks
 */
record AuditQuery(String sql, List<Object> values) {

    private static final String REST_TYPE = "http://terminology.hl7.org/CodeSystem/audit-event-type";
    private static final String INTERACTION = "http://hl7.org/fhir/restful-interaction";
    private static final String ACTION = "http://hl7.org/fhir/audit-event-action";
    private static final String OUTCOME = "http://hl7.org/fhir/audit-event-outcome";

    /** {@code Type/id}, or an id alone; a version after it selects no other event. */
    private static final Pattern REFERENCE =
            Pattern.compile("(?:([A-Z][A-Za-z]+)/)?([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?");

    /**
     * Read the parameters of {@code request} that select events.
     *
     * @param patients ids of the only patients of whose events the reader may know; {@code null} for all
     */
    static AuditQuery of(RequestDetails request, Clock clock, @Nullable Set<String> patients) {
        Builder builder = new Builder(request.getFhirServerBase() + "/", clock, patients);
        request.getParameters().forEach((name, values) -> {
            List<String> given = Arrays.stream(values)
                    .filter(value -> value != null && !value.isBlank())
                    .toList();
            if (!given.isEmpty()) {
                builder.add(name, given);
            }
        });
        return builder.build().within(patients);
    }

    /**
     * This, and only events about one of {@code patients}; all when {@code null}. What a client described is served as
     * it came, so it is left out where it names another patient too.
     */
    AuditQuery within(@Nullable Set<String> patients) {
        if (patients == null) {
            return this;
        }
        List<Object> all = new ArrayList<>(values);
        all.addAll(patients);
        all.addAll(patients);
        return new AuditQuery(
                sql + " and not (a.STORED is not null and a.PATIENTS like '% % % %') and "
                        + AuditPatients.aboutAnyOf(patients.size()),
                all);
    }

    /** Collects conditions, all of which must hold. */
    private static final class Builder {

        private final String base;
        private final Clock clock;
        private final @Nullable Set<String> patients;
        private final StringBuilder sql = new StringBuilder("1 = 1");
        private final List<Object> values = new ArrayList<>();

        Builder(String base, Clock clock, @Nullable Set<String> patients) {
            this.base = base;
            this.clock = clock;
            this.patients = patients;
        }

        AuditQuery build() {
            return new AuditQuery(sql.toString(), List.copyOf(values));
        }

        void add(String name, List<String> given) {
            switch (name) {
                case "_id" -> each(given, value -> condition("a.ID = ?", value));
                case "date" -> within("a.RECORDED", given);
                case "_lastUpdated" -> within("coalesce(a.STORED, a.RECORDED)", given);
                case "patient", "patient:Patient", PatientCompartment.PARAMETER -> each(given, this::patient);
                case "agent" -> each(given, this::agent);
                case "agent:identifier" -> each(given, Builder::identifiedAgent);
                case "entity" -> each(given, this::entity);
                case "source" ->
                    each(
                            given,
                            value -> condition(
                                    "a.SOURCE = ?", reference("source", value).group()));
                case "action" -> each(given, value -> code("a.ACTION", ACTION, value));
                case "outcome" -> each(given, value -> code("a.OUTCOME", OUTCOME, value));
                case "type" -> each(given, value -> coded("' ' || a.TYPE || ' '", REST_TYPE, value));
                case "subtype" -> each(given, value -> coded("a.SUBTYPES", INTERACTION, value));
                default -> {
                    if (!AuditSearch.isAboutTheResult(name)) {
                        throw new InvalidRequestException("AuditEvent cannot be searched by " + name + "; known are "
                                + String.join(", ", AuditSearch.PARAMETERS));
                    }
                }
            }
        }

        /** Each of {@code given} must hold, by any of its alternatives. */
        private void each(List<String> given, Function<String, Condition> condition) {
            for (String list : given) {
                List<Condition> alternatives =
                        Arrays.stream(list.split(",")).map(condition).toList();
                sql.append(" and (")
                        .append(String.join(
                                " or ",
                                alternatives.stream().map(Condition::sql).toList()))
                        .append(")");
                alternatives.forEach(alternative -> values.addAll(alternative.values()));
            }
        }

        private void within(String moment, List<String> given) {
            DateRangeParam range = LastUpdated.range(given, clock.instant());
            if (range.getLowerBoundAsInstant() != null) {
                sql.append(" and ").append(moment).append(" >= ?");
                values.add(range.getLowerBoundAsInstant().toInstant().atOffset(ZoneOffset.UTC));
            }
            if (range.getUpperBoundAsInstant() != null) {
                sql.append(" and ").append(moment).append(" <= ?");
                values.add(range.getUpperBoundAsInstant().toInstant().atOffset(ZoneOffset.UTC));
            }
        }

        private Condition patient(String value) {
            Matcher reference = reference("patient", value);
            boolean other = reference.group(1) != null && !reference.group(1).equals("Patient");
            return other || isHidden(reference.group(2))
                    ? condition("1 = 0")
                    : condition(AuditPatients.aboutAnyOf(1), reference.group(2), reference.group(2));
        }

        private Condition agent(String value) {
            Matcher reference = reference("agent", value);
            if (reference.group(1) == null) {
                String end = "%/" + escaped(reference.group(2));
                return condition(
                        "(a.USER_REF like ? escape '!' or (a.STORED is not null and a.OTHERS like ? escape '!'))",
                        end,
                        end + " %");
            }
            String target = reference.group(1) + "/" + reference.group(2);
            return condition(
                    "(a.USER_REF = ? or (a.STORED is not null and a.OTHERS like ? escape '!'))",
                    target,
                    "% " + escaped(target) + " %");
        }

        private static Condition identifiedAgent(String value) {
            String plain = value.substring(value.indexOf('|') + 1);
            return condition("(a.CLIENT = ? or a.USER_NAME = ?)", plain, plain);
        }

        /** An event about the reader may be about others too; that it is must not be found out by asking for them. */
        private boolean isHidden(String patient) {
            return patients != null && !patients.contains(patient);
        }

        private Condition entity(String value) {
            Matcher reference = reference("entity", value);
            String id = escaped(reference.group(2));
            String target = (reference.group(1) == null ? "%/" : "% " + escaped(reference.group(1) + "/")) + id;
            String resource = "a.RESOURCES like ? escape '!' or a.RESOURCES like ? escape '!'";
            String whole = patients == null ? "" : " and a.PATIENTS not like '% % % %'";
            boolean mayBePatient =
                    reference.group(1) == null || reference.group(1).equals("Patient");
            return mayBePatient && !isHidden(reference.group(2))
                    ? condition(
                            "((" + resource + ")" + whole + " or a.PATIENTS like ? escape '!')",
                            target + " %",
                            target + escaped("/_history/") + "%",
                            "% " + id + " %")
                    : condition(
                            "((" + resource + ")" + whole + ")", target + " %", target + escaped("/_history/") + "%");
        }

        private static Condition code(String column, String system, String value) {
            int bar = value.indexOf('|');
            boolean other = bar > 0 && !value.substring(0, bar).equals(system);
            return other ? condition("1 = 0") : condition(column + " = ?", value.substring(bar + 1));
        }

        /** Own codes are kept without their system, those of clients with it. */
        private static Condition coded(String column, String ownSystem, String value) {
            String like = column + " like ? escape '!'";
            int bar = value.indexOf('|');
            if (bar < 0) {
                String code = escaped(value) + " %";
                return condition("(" + like + " or " + like + ")", "% " + code, "%|" + code);
            }
            boolean own = value.substring(0, bar).equals(ownSystem);
            String whole = "% " + escaped(value) + " %";
            return own
                    ? condition(
                            "(" + like + " or " + like + ")", whole, "% " + escaped(value.substring(bar + 1)) + " %")
                    : condition(like, whole);
        }

        private Matcher reference(String name, String value) {
            String relative = value.startsWith(base) ? value.substring(base.length()) : value;
            Matcher reference = REFERENCE.matcher(relative);
            if (!reference.matches()) {
                throw new InvalidRequestException(name + " must be a reference, such as Patient/1");
            }
            return reference;
        }

        private static String escaped(String text) {
            return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
        }

        private static Condition condition(String sql, Object... values) {
            return new Condition(sql, List.of(values));
        }
    }

    private record Condition(String sql, List<Object> values) {}
}
