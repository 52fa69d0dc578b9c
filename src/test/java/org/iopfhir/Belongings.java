// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.util.FhirTerser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.Binary;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Flag;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.Task;
import org.iopfhir.storage.BundleStore;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;

/** One resource of each type, of which each that can be in the compartment of a patient is in that of the same one. */
final class Belongings {

    private static final FhirContext FHIR = FhirContext.forR4Cached();
    private static final String ONLY_ADDED = "AuditEvent";

    private static final Pattern REFERENCE = Pattern.compile("(\"[A-Z][A-Za-z]+/)capability-([a-z]+)");

    /** Where a UUID tells its version. */
    private static final int VERSION = 14;

    private final String name;
    private final boolean isGiven;
    private final String patient;
    private final Map<String, Resource> byType = new TreeMap<>();
    private final List<String> order = new ArrayList<>();

    /** @param name starts all ids */
    Belongings(String name) {
        this(name, "Patient/" + name + "-patient");
    }

    /**
     * One of each type that belongs to somebody who has others already.
     *
     * @param name    starts all ids
     * @param patient the patient, as a reference
     */
    Belongings(String name, String patient) {
        this(name, patient, false);
    }

    /** The same under ids as this server gives them, which no client may choose. */
    static Belongings underGivenIds(String name, String patient) {
        return new Belongings(name, patient, true);
    }

    private Belongings(String name, String patient, boolean isGiven) {
        this.name = name;
        this.patient = patient;
        this.isGiven = isGiven;
        IParser parser = FHIR.newJsonParser();
        for (Resource example : OneOfEachType.ALL) {
            String text = REFERENCE
                    .matcher(parser.encodeResourceToString(example).replace("Patient/capability-patient", patient))
                    .replaceAll(match -> match.group(1) + idPart(match.group(2)))
                    .replace("capability-", name + "-");
            Resource resource = (Resource) parser.parseResource(text);
            String type = resource.fhirType();
            resource.setId(id(type));
            belongTo(resource);
            byType.put(type, resource);
            order.add(type);
        }
    }

    private void belongTo(Resource resource) {
        String type = resource.fhirType();
        if (resource instanceof Task task) {
            task.setFor(new Reference(patient()));
        } else if (resource instanceof Binary binary) {
            binary.setSecurityContext(new Reference(patient()));
        } else if (resource instanceof Bundle bundle) {
            Flag content = new Flag();
            content.setStatus(Flag.FlagStatus.ACTIVE).setSubject(new Reference(patient()));
            content.getCode().setText("Belongs to somebody");
            bundle.addEntry()
                    .setFullUrl("urn:uuid:8d0b5e0a-0b0a-4f6e-8c39-2d8b6c1c7a11")
                    .setResource(content);
        }
        if (type.equals("Patient") || compartmentPaths(type).isEmpty()) {
            return;
        }
        FhirTerser terser = FHIR.newTerser();
        boolean belongs = compartmentPaths(type).stream()
                .flatMap(path -> terser.getValues(resource, path, Reference.class).stream())
                .anyMatch(reference -> patient().equals(reference.getReference()));
        if (!belongs) {
            Reference reference = (Reference)
                    terser.addElement(resource, compartmentPaths(type).get(0));
            reference.setReference(patient());
        }
    }

    private static List<String> compartmentPaths(String type) {
        return FHIR.getResourceDefinition(type).getSearchParamsForCompartmentName("Patient").stream()
                .map(RuntimeSearchParam::getPath)
                .flatMap(path -> List.of(path.split("\\|", -1)).stream())
                .map(path -> path.trim().replaceFirst("\\.where\\(.*", ""))
                .filter(path -> path.startsWith(type + "."))
                .sorted((one, other) -> Boolean.compare(isAbout(other), isAbout(one)))
                .toList();
    }

    private static boolean isAbout(String path) {
        return path.endsWith(".subject") || path.endsWith(".patient") || path.endsWith(".target");
    }

    static boolean canBelong(String type) {
        return !compartmentPaths(type).isEmpty();
    }

    /** The patient, as a reference. */
    String patient() {
        return patient;
    }

    String patientId() {
        return patient.substring("Patient/".length());
    }

    /** {@code Type/id}. */
    String id(String type) {
        return type + "/" + idPart(type.toLowerCase(Locale.ROOT));
    }

    private String idPart(String type) {
        String readable = name + "-" + type;
        if (!isGiven) {
            return readable;
        }
        UUID uuid = UUID.nameUUIDFromBytes(readable.getBytes(StandardCharsets.UTF_8));
        return new StringBuilder(uuid.toString())
                .replace(VERSION, VERSION + 1, "8")
                .toString();
    }

    /** Change each of them before it is stored. */
    Belongings each(Consumer<Resource> change) {
        byType.values().forEach(change);
        return this;
    }

    /** A copy under its id. */
    Resource of(String type) {
        return Objects.requireNonNull(byType.get(type)).copy();
    }

    /** A copy without an id. */
    Resource fresh(String type) {
        Resource copy = of(type);
        copy.setId((String) null);
        return copy;
    }

    /** All types, those first to which others refer. */
    List<String> types() {
        return List.copyOf(order);
    }

    void store(FhirClient fhir) {
        store(fhir, order);
    }

    /** Store those of some types. */
    void store(FhirClient fhir, Collection<String> types) {
        for (String type : order.stream().filter(types::contains).toList()) {
            if (type.equals(ONLY_ADDED)) {
                byTheServer(HTTPVerb.PUT);
            } else {
                int status = fhir.put(id(type)).body(of(type)).send().status();
                assertThat(status).as(id(type)).isIn(200, 201);
            }
        }
    }

    /** Delete those of some types, first those that refer to others. */
    void delete(FhirClient fhir, Collection<String> types) {
        List<String> reversed =
                new ArrayList<>(order.stream().filter(types::contains).toList());
        Collections.reverse(reversed);
        for (String type : reversed) {
            if (type.equals(ONLY_ADDED)) {
                byTheServer(HTTPVerb.DELETE);
            } else {
                fhir.delete(id(type)).send().expect(200);
            }
        }
    }

    /** Store those of some types as the server itself, which nothing is hidden from, and which may choose all ids. */
    void storeBy(BundleStore server, Collection<String> types) {
        Bundle transaction = Invented.transaction();
        order.stream().filter(types::contains).forEach(type -> Invented.put(transaction, id(type), of(type)));
        server.store(transaction);
    }

    /** Delete those of some types as the server itself. */
    void deleteBy(BundleStore server, Collection<String> types) {
        Bundle transaction = Invented.transaction();
        order.stream()
                .filter(types::contains)
                .forEach(type -> Invented.request(transaction, HTTPVerb.DELETE, id(type)));
        server.store(transaction);
    }

    /** How all ids start. */
    String name() {
        return name;
    }

    /** No client may store it under an id of its own choice, or delete it. */
    private void byTheServer(HTTPVerb verb) {
        Bundle transaction = Invented.transaction();
        BundleEntryComponent entry = Invented.request(transaction, verb, id(ONLY_ADDED));
        if (verb == HTTPVerb.PUT) {
            entry.setResource(of(ONLY_ADDED));
        }
        RunningServer.bean(BundleStore.class).store(transaction);
    }
}
