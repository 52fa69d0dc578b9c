// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import ca.uhn.fhir.context.FhirContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceSearchParamComponent;
import org.hl7.fhir.r4.model.IdType;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;

/** Requests that read or search, and whose answers must not tell whether some resources exist. */
final class LeakQuestions {

    /** Entries of a batch run beside each other, each with a connection of the pool. */
    private static final int BATCH = 20;

    private LeakQuestions() {}

    /** One of each {@code step}. */
    static List<String> some(List<String> all, int step) {
        List<String> some = new ArrayList<>();
        for (int i = 0; i < all.size(); i += step) {
            some.add(all.get(i));
        }
        return some;
    }

    /** All of them, for each type, parameter and include that the server claims. */
    static List<String> of(List<CapabilityStatementRestResourceComponent> types, Belongings mine, Belongings theirs) {
        List<String> asked = new ArrayList<>();
        for (CapabilityStatementRestResourceComponent claims : types) {
            String type = claims.getType();
            // Each request adds an AuditEvent; AuditEventApiTest looks whose of them are shown.
            if (Belongings.canBelong(type) && !type.equals("AuditEvent")) {
                String id = theirs.id(type);
                asked.addAll(List.of(id, id + "/_history", id + "/_history/1", id + "/$meta", "Patient/x/" + type));
                asked.add(theirs.patient() + "/" + type);
                asked.add(type + "?_id=" + new IdType(id).getIdPart());
                asked.add(type + "?_total=accurate");
                asked.add(type + "?_summary=count");
                asked.add(type + "?_count=1");
                asked.add(type + "?_sort=-_lastUpdated");
                asked.add(type + "/_history");
                claims.getSearchParam().forEach(parameter -> asked.addAll(searches(type, parameter, theirs)));
            }
            claims.getSearchInclude().forEach(include -> asked.add(type + "?_include=" + include.getValue()));
            claims.getSearchRevInclude().forEach(include -> {
                asked.add(type + "?_revinclude=" + include.getValue());
                String[] parts = include.getValue().split(":", -1);
                asked.add(type + "?_has:" + parts[0] + ":" + parts[1] + ":_id="
                        + new IdType(theirs.id(parts[0])).getIdPart());
            });
        }
        asked.add(theirs.patient() + "/$everything");
        asked.add(mine.patient() + "/$everything?_count=3");
        asked.add(mine.patient() + "/$everything");
        return asked;
    }

    private static List<String> searches(
            String type, CapabilityStatementRestResourceSearchParamComponent parameter, Belongings theirs) {
        String name = parameter.getName();
        List<String> searches = new ArrayList<>();
        if (parameter.getType().toCode().equals("reference")) {
            searches.add(type + "?" + name + "=" + theirs.patient());
            searches.add(type + "?" + name + "=" + theirs.id("Encounter"));
            searches.add(type + "?" + name + "." + "_id=" + theirs.patientId());
            searches.add(type + "?" + name + ":Patient.family=Aufzaehlung");
            searches.add(type + "?" + name + ":Encounter.status=finished");
        } else {
            searches.add(type + "?" + name + "=" + ExampleValues.of(parameter));
        }
        if (!parameter.getType().toCode().equals("composite")
                && !parameter.getType().toCode().equals("special")) {
            searches.add(type + "?_total=accurate&" + name + ":missing=false");
            searches.add(type + "?_sort=" + name);
        }
        return searches;
    }

    /** What else a search, a history or an operation may be asked, and by two hops. */
    static List<String> deeper(
            List<CapabilityStatementRestResourceComponent> types, Belongings mine, Belongings theirs, String tag) {
        List<String> asked = new ArrayList<>();
        String tagged = "_tag=" + Invented.SYSTEM + "%7C" + tag;
        for (CapabilityStatementRestResourceComponent claims : types) {
            String type = claims.getType();
            if (type.equals("AuditEvent")) {
                continue;
            }
            asked.add(type + "?" + tagged + "&_total=accurate");
            asked.add(type + "?_tag:not=" + tag + "&_summary=count");
            asked.addAll(everywhere(type, theirs, tag, tagged));
            String id = theirs.id(type);
            asked.addAll(List.of(id + "/_history?_count=1", id + "/_history?_since=2000-01-01", id + "/_history/2"));
            asked.addAll(List.of(type + "/_history?_count=1", type + "/_history?_since=2000-01-01"));
            asked.add(mine.id(type) + "/_history?_count=1");
            claims.getSearchParam().forEach(parameter -> asked.addAll(hops(type, parameter, tagged)));
            claims.getSearchRevInclude().forEach(include -> {
                String[] parts = include.getValue().split(":", -1);
                asked.add(type + "?_has:" + parts[0] + ":" + parts[1] + ":" + tagged);
                asked.add(type + "?_has:" + parts[0] + ":" + parts[1] + ":_security=HIV&_summary=count");
                asked.add(type + "?_revinclude:iterate=" + include.getValue());
            });
            asked.add(mine.patient() + "/$everything?_type=" + type);
        }
        asked.add(mine.patient() + "/$everything?_since=2000-01-01&_count=5&_offset=5");
        return asked;
    }

    /** What every type can be asked. */
    private static List<String> everywhere(String type, Belongings theirs, String tag, String tagged) {
        return Stream.of(
                        "_security=HIV",
                        "_security=PSYTHPN&_total=accurate",
                        "_security:not=HIV&_summary=count",
                        "_list=" + theirs.id("List").substring("List/".length()),
                        "_source=https://iop-fhir.org/test",
                        "_profile:missing=true",
                        "_contained=true",
                        "_text=" + tag,
                        "_content=" + tag,
                        "_filter=_id eq " + tag,
                        "_elements=id",
                        "_summary=data",
                        "_count=1&_offset=1",
                        "_count=0",
                        "_sort=-_id",
                        "_sort=_lastUpdated&_count=2",
                        "_lastUpdated=gt2000-01-01&_total=accurate",
                        "_has:Provenance:target:" + tagged,
                        "_has:List:item:" + tagged)
                .map(query -> type + "?" + query)
                .toList();
    }

    private static List<String> hops(
            String type, CapabilityStatementRestResourceSearchParamComponent parameter, String tagged) {
        String name = parameter.getName();
        if (!parameter.getType().toCode().equals("reference")) {
            return List.of(type + "?_sort=-" + name + "&_count=2");
        }
        return List.of(
                type + "?" + name + "." + tagged,
                type + "?" + name + ":missing=true&_summary=count",
                type + "?" + name + ":identifier=" + Invented.SYSTEM + "%7Ca",
                type + "?" + name + ":Patient." + tagged,
                type + "?" + name + ":Encounter." + tagged,
                type + "?" + name + ":Encounter.subject." + tagged,
                type + "?" + name + ":Observation.encounter.status=finished",
                type + "?" + name + ":Patient._has:Observation:patient:" + tagged,
                type + "?_sort=" + name + "._id");
    }

    /** The same over HTTP itself, some in XML and some by HEAD, with what the headers say. */
    static Map<String, String> direct(FhirClient client, List<String> asked) {
        Map<String, String> answers = new LinkedHashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            FhirClient.Call call = i % 3 == 2 ? client.head(asked.get(i)) : client.get(asked.get(i));
            if (i % 3 == 1) {
                call.header("Accept", FhirClient.XML);
            }
            Answer answer = call.send();
            String headers = Stream.of("ETag", "Location", "Content-Location", "Content-Type", "WWW-Authenticate")
                    .map(answer::header)
                    .collect(Collectors.joining(" "))
                    .replaceAll("Bundle/[0-9a-f-]{36}", "Bundle");
            answers.put(
                    i + " " + asked.get(i),
                    answer.status() + " " + headers
                            + timeless(answer.text()).replaceAll("<(id|lastUpdated) value=\"[^\"]*\"/>", ""));
        }
        return answers;
    }

    static Map<String, String> answers(FhirClient client, List<String> asked) {
        Map<String, String> answers = new LinkedHashMap<>();
        for (int from = 0; from < asked.size(); from += BATCH) {
            List<String> some = asked.subList(from, Math.min(asked.size(), from + BATCH));
            Bundle batch = Invented.batch();
            some.forEach(path -> Invented.request(batch, HTTPVerb.GET, path));
            List<BundleEntryComponent> entries =
                    client.process(batch).expect(200).bundle().getEntry();
            for (int i = 0; i < some.size(); i++) {
                Bundle one = new Bundle();
                one.addEntry(entries.get(i));
                answers.put(
                        some.get(i),
                        entries.get(i).getResponse().getStatus() + " "
                                + timeless(FhirContext.forR4Cached()
                                        .newJsonParser()
                                        .encodeResourceToString(one)));
            }
        }
        return answers;
    }

    static String timeless(String text) {
        return text.replaceAll("\"(lastUpdated|lastModified)\":\"[^\"]*\"", "")
                .replaceAll("Took [0-9]+ms", "")
                .replaceAll("\"id\":\"[0-9a-f-]{36}\"", "");
    }

    static List<String> different(Map<String, String> one, Map<String, String> other) {
        List<String> different = new ArrayList<>();
        one.forEach((asked, answer) -> {
            if (!answer.equals(other.get(asked))) {
                different.add(asked + "\n  " + answer + "\n  " + other.get(asked));
            }
        });
        return different;
    }
}
