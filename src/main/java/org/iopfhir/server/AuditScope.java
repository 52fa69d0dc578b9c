// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IIdType;
import org.iopfhir.audit.Accesses.Touched;
import org.iopfhir.storage.RecordOwners;
import org.iopfhir.storage.ServedTypes;
import org.jspecify.annotations.Nullable;

/**
 * What is written down, and whose record a request is about when it shows nothing of it.
 *
 * @param published types of the guide's own artifacts, which everybody may read
 * @param owners    of what is stored
 */
record AuditScope(Set<String> published, RecordOwners owners) {

    private static final int UNAUTHENTICATED = 401;
    private static final int FORBIDDEN = 403;
    private static final int FAILED = 400;

    AuditScope {
        published = Set.copyOf(published);
    }

    /** Whether an access is written down: any to what is stored, and any that was refused for who asked. */
    boolean includes(@Nullable String type, String interaction, int status) {
        if (status == UNAUTHENTICATED || status == FORBIDDEN) {
            return true;
        }
        boolean open = interaction.equals("capabilities") || (type != null && published.contains(type));
        return !open
                && (status >= FAILED || (type != null && ServedTypes.names().contains(type)));
    }

    Touched asked(@Nullable String type, @Nullable IIdType id) {
        return id == null || !id.hasIdPart() ? Touched.NOTHING : named(type, id.getIdPart());
    }

    Touched asked(AuditedUrl url) {
        return url.id() == null ? Touched.NOTHING : named(url.type(), url.id());
    }

    Touched together(Touched one, Touched other) {
        Set<String> resources = new LinkedHashSet<>(one.resources());
        resources.addAll(other.resources());
        Set<String> patients = new HashSet<>(one.patients());
        patients.addAll(other.patients());
        return new Touched(List.copyOf(resources), patients);
    }

    private Touched named(@Nullable String type, String id) {
        return type == null || !ServedTypes.names().contains(type) || !AuditedUrl.isId(id)
                ? Touched.NOTHING
                : new Touched(List.of(type + "/" + id), owners.ofStored(type, id));
    }
}
