// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.audit.Accesses;
import org.iopfhir.audit.Accesses.Act;
import org.iopfhir.audit.Accesses.Asker;
import org.iopfhir.audit.Accesses.Touched;
import org.iopfhir.storage.BundleAsked;
import org.iopfhir.storage.journal.AuditRow;
import org.jspecify.annotations.Nullable;

/** The accesses of a batch or transaction that was answered: one for each entry that its commit has not written down. */
record BundleAudit(Accesses accesses, AuditScope scope, Asker asker) {

    private static final int FAILED = 400;

    /** How a write that was committed is known by. */
    static String key(String interaction, IIdType id) {
        return interaction.equals("delete")
                ? id.getResourceType() + "/" + id.getIdPart()
                : id.toUnqualified().getValue();
    }

    /** Whether {@code request} patches the resource of that id. */
    static boolean isPatch(RequestDetails request, IIdType id) {
        if (request.getRestOperationType() != RestOperationTypeEnum.TRANSACTION) {
            return request.getRestOperationType() == RestOperationTypeEnum.PATCH;
        }
        String resource = id.getResourceType() + "/" + id.getIdPart();
        return BundleAsked.of(request).entries().stream()
                .filter(entry -> entry.verb().equals("PATCH"))
                .anyMatch(entry -> entry.url().equals(resource) || entry.url().startsWith(id.getResourceType() + "?"));
    }

    List<AuditRow> rows(RequestDetails request, @Nullable Resource answer, Set<String> committed) {
        List<BundleAsked.Entry> asked = BundleAsked.of(request).entries();
        List<AuditRow> rows = new ArrayList<>();
        if (answer instanceof Bundle bundle) {
            for (int i = 0; i < Math.min(asked.size(), bundle.getEntry().size()); i++) {
                add(rows, asked.get(i), bundle.getEntry().get(i), committed);
            }
        }
        return rows;
    }

    private void add(List<AuditRow> rows, BundleAsked.Entry asked, BundleEntryComponent answer, Set<String> committed) {
        AuditedUrl url = AuditedUrl.of(asked.verb(), asked.url());
        int status = status(answer);
        boolean written = AuditedRequest.isWrite(url.interaction())
                && status < FAILED
                && isCommitted(url, answer.getResponse().getLocation(), committed);
        if (written || !scope.includes(url.type(), url.interaction(), status)) {
            return;
        }
        boolean tellsQuery = asked.url().indexOf('?') >= 0
                || url.interaction().equals("search-type")
                || url.interaction().equals("operation");
        Act act = new Act(url.interaction(), url.type(), tellsQuery ? asked.url() : null, status);
        Touched shown = accesses.shown(answer.getResource());
        boolean complete = !shown.resources().isEmpty() && !url.interaction().equals("operation");
        rows.add(accesses.row(asker, act, complete ? shown : scope.together(shown, scope.asked(url))));
    }

    private static boolean isCommitted(AuditedUrl url, @Nullable String location, Set<String> committed) {
        if (!url.interaction().equals("delete")) {
            return location != null
                    && committed.contains(new IdType(location).toUnqualified().getValue());
        }
        String resource = url.resource();
        return resource != null
                ? committed.contains(resource)
                : committed.stream().anyMatch(key -> key.startsWith(url.type() + "/") && !key.contains("/_history/"));
    }

    private static int status(BundleEntryComponent answer) {
        String status = answer.getResponse().getStatus();
        return status == null || status.length() < 3 ? 200 : Integer.parseInt(status.substring(0, 3));
    }
}
