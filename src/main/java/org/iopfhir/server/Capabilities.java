// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.rest.annotation.Metadata;
import ca.uhn.fhir.rest.api.RestSearchParameterTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry.SearchParamLookupContextEnum;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementKind;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.ConditionalDeleteStatus;
import org.hl7.fhir.r4.model.CapabilityStatement.ConditionalReadStatus;
import org.hl7.fhir.r4.model.CapabilityStatement.ReferenceHandlingPolicy;
import org.hl7.fhir.r4.model.CapabilityStatement.ResourceVersionPolicy;
import org.hl7.fhir.r4.model.CapabilityStatement.RestfulCapabilityMode;
import org.hl7.fhir.r4.model.CapabilityStatement.SystemRestfulInteraction;
import org.hl7.fhir.r4.model.CapabilityStatement.TypeRestfulInteraction;
import org.hl7.fhir.r4.model.Enumerations.FHIRVersion;
import org.hl7.fhir.r4.model.Enumerations.PublicationStatus;
import org.hl7.fhir.r4.model.Enumerations.SearchParamType;
import org.iopfhir.access.Interaction;
import org.iopfhir.storage.AuditSearch;
import org.iopfhir.storage.search.InsideBundle;
import org.jspecify.annotations.Nullable;

/**
 * The CapabilityStatement: exactly what is served, built once from the same data that the server runs on.
 *
 * @see <a href="https://hl7.org/fhir/R4/capabilitystatement.html">FHIR R4 CapabilityStatement</a>
 */
public final class Capabilities {

    private static final List<TypeRestfulInteraction> STORED = List.of(
            TypeRestfulInteraction.READ,
            TypeRestfulInteraction.VREAD,
            TypeRestfulInteraction.CREATE,
            TypeRestfulInteraction.UPDATE,
            TypeRestfulInteraction.PATCH,
            TypeRestfulInteraction.DELETE,
            TypeRestfulInteraction.HISTORYINSTANCE,
            TypeRestfulInteraction.HISTORYTYPE,
            TypeRestfulInteraction.SEARCHTYPE);

    private static final Set<TypeRestfulInteraction> UPDATING =
            Set.of(TypeRestfulInteraction.UPDATE, TypeRestfulInteraction.PATCH);
    /** Nobody changes or deletes an AuditEvent. */
    private static final Set<TypeRestfulInteraction> OF_EVENTS = EnumSet.of(
            TypeRestfulInteraction.READ,
            TypeRestfulInteraction.VREAD,
            TypeRestfulInteraction.CREATE,
            TypeRestfulInteraction.HISTORYINSTANCE,
            TypeRestfulInteraction.SEARCHTYPE);

    private static final String EVENT = "AuditEvent";

    private static final List<TypeRestfulInteraction> PUBLISHED =
            List.of(TypeRestfulInteraction.READ, TypeRestfulInteraction.SEARCHTYPE);

    private final ISearchParamRegistry registry;
    private final ServedContent content;
    private final Date startedAt;
    private final boolean cors;
    private final boolean smart;
    private volatile @Nullable CapabilityStatement statement;

    /** @param smart whether the embedded authorization server is there */
    Capabilities(ISearchParamRegistry registry, ServedContent content, Date startedAt, boolean cors, boolean smart) {
        this.registry = registry;
        this.content = content;
        this.startedAt = startedAt;
        this.cors = cors;
        this.smart = smart;
    }

    /** HAPI hands itself to whatever provides the statement; this one asks nothing of it. */
    public void setRestfulServer(RestfulServer server) {
        // nothing to keep
    }

    @Metadata(cacheMillis = 0)
    public CapabilityStatement statement(RequestDetails request) {
        CapabilityStatement built = statement;
        if (built == null) {
            built = build();
            statement = built;
        }
        // Each caller gets his own, with the address at which he asked.
        CapabilityStatement answer = built.copy();
        answer.getImplementation().setUrl(request.getFhirServerBase());
        if (smart) {
            SmartSecurity.add(answer.getRestFirstRep().getSecurity(), request.getFhirServerBase());
        }
        return answer;
    }

    private CapabilityStatement build() {
        CapabilityStatement s = new CapabilityStatement();
        s.setId("iop-fhir-server");
        s.setName("IopFhirServer");
        s.setTitle("IOP FHIR server");
        s.setStatus(PublicationStatus.ACTIVE);
        s.setDate(startedAt);
        s.setKind(CapabilityStatementKind.INSTANCE);
        s.setFhirVersion(FHIRVersion._4_0_1);
        s.getSoftware().setName("IOP FHIR");
        s.getImplementation().setDescription("IOP FHIR server");
        s.addInstantiates(content.requirements());
        s.addImplementationGuide(content.implementationGuide());
        s.addFormat("application/fhir+json")
                .addFormat("application/fhir+xml")
                .addFormat("json")
                .addFormat("xml");
        s.addPatchFormat("application/json-patch+json")
                .addPatchFormat("application/fhir+json")
                .addPatchFormat("application/fhir+xml");
        rest(s.addRest());
        return s;
    }

    private void rest(CapabilityStatementRestComponent rest) {
        rest.setMode(RestfulCapabilityMode.SERVER);
        rest.getSecurity().setCors(cors);
        rest.addInteraction().setCode(SystemRestfulInteraction.TRANSACTION);
        rest.addInteraction().setCode(SystemRestfulInteraction.BATCH);
        TreeMap<String, CapabilityStatementRestResourceComponent> resources = new TreeMap<>();
        content.storedTypes().forEach(type -> resources.put(type, stored(type)));
        content.publishedTypes().forEach(type -> resources.put(type, published(type)));
        resources.values().forEach(rest::addResource);
    }

    private CapabilityStatementRestResourceComponent stored(String type) {
        CapabilityStatementRestResourceComponent r = new CapabilityStatementRestResourceComponent().setType(type);
        boolean isEvent = type.equals(EVENT);
        boolean updates = content.isPermitted(Interaction.UPDATE, type);
        boolean deletes = content.isPermitted(Interaction.DELETE, type);
        STORED.stream()
                .filter(interaction -> (updates || !UPDATING.contains(interaction))
                        && (deletes || interaction != TypeRestfulInteraction.DELETE)
                        && (!isEvent || OF_EVENTS.contains(interaction)))
                .forEach(interaction -> r.addInteraction().setCode(interaction));
        r.setVersioning(updates ? ResourceVersionPolicy.VERSIONEDUPDATE : ResourceVersionPolicy.VERSIONED);
        r.setReadHistory(true).setUpdateCreate(updates);
        // A Binary is sent as what it is, without the time of its last change.
        r.setConditionalRead(
                type.equals("Binary") ? ConditionalReadStatus.NOTMATCH : ConditionalReadStatus.FULLSUPPORT);
        r.setConditionalCreate(!isEvent);
        r.setConditionalUpdate(updates)
                .setConditionalDelete(deletes ? ConditionalDeleteStatus.SINGLE : ConditionalDeleteStatus.NOTSUPPORTED);
        r.addReferencePolicy(ReferenceHandlingPolicy.LITERAL)
                .addReferencePolicy(ReferenceHandlingPolicy.LOGICAL)
                .addReferencePolicy(ReferenceHandlingPolicy.ENFORCED)
                .addReferencePolicy(ReferenceHandlingPolicy.LOCAL);
        content.profiles(type).forEach(r::addSupportedProfile);
        searching(r, type);
        content.operations(type)
                .forEach((name, definition) -> r.addOperation().setName(name).setDefinition(definition));
        return r;
    }

    private CapabilityStatementRestResourceComponent published(String type) {
        CapabilityStatementRestResourceComponent r = new CapabilityStatementRestResourceComponent().setType(type);
        PUBLISHED.forEach(interaction -> r.addInteraction().setCode(interaction));
        r.setVersioning(ResourceVersionPolicy.NOVERSION);
        content.publishedSearchParameters()
                .forEach((name, kind) -> r.addSearchParam().setName(name).setType(kind));
        content.operations(type)
                .forEach((name, definition) -> r.addOperation().setName(name).setDefinition(definition));
        return r;
    }

    private void searching(CapabilityStatementRestResourceComponent r, String type) {
        for (RuntimeSearchParam p : parameters(type)) {
            r.addSearchParam()
                    .setName(p.getName())
                    .setDefinition(p.getUri())
                    .setType(SearchParamType.fromCode(p.getParamType().getCode()));
            if (p.getParamType() == RestSearchParameterTypeEnum.REFERENCE && !type.equals(EVENT)) {
                r.addSearchInclude(type + ":" + p.getName());
            }
        }
        content.storedTypes().stream()
                .filter(source -> !type.equals(EVENT) && !source.equals(EVENT))
                .forEach(source -> reverseIncludes(r, type, source));
    }

    private void reverseIncludes(CapabilityStatementRestResourceComponent r, String type, String source) {
        parameters(source).stream()
                .filter(p -> p.getParamType() == RestSearchParameterTypeEnum.REFERENCE)
                .filter(p -> p.getTargets().contains(type))
                .forEach(p -> r.addSearchRevInclude(source + ":" + p.getName()));
    }

    private List<RuntimeSearchParam> parameters(String type) {
        Collection<RuntimeSearchParam> active = registry.getActiveSearchParams(
                        type, SearchParamLookupContextEnum.SEARCH)
                .values();
        return active.stream()
                .filter(this::canBeSearchedBy)
                .filter(p -> !type.equals(EVENT) || AuditSearch.PARAMETERS.contains(p.getName()))
                .sorted(Comparator.comparing(RuntimeSearchParam::getName))
                .toList();
    }

    /** HAPI compares no references inside of a composite (DocumentReference.relationship). */
    private boolean canBeSearchedBy(RuntimeSearchParam parameter) {
        if (InsideBundle.leadsInto(parameter)) {
            return false;
        }
        return parameter.getComponents().stream()
                .map(component -> registry.getActiveSearchParamByUrl(
                        component.getReference(), SearchParamLookupContextEnum.SEARCH))
                .noneMatch(part -> part == null || part.getParamType() == RestSearchParameterTypeEnum.REFERENCE);
    }
}
