// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.ResponseDetails;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.audit.Accesses;
import org.iopfhir.audit.Accesses.Act;
import org.iopfhir.audit.Accesses.Asker;
import org.iopfhir.audit.Accesses.Touched;
import org.iopfhir.storage.AuditForm;
import org.iopfhir.storage.journal.AuditJournal;
import org.iopfhir.storage.journal.AuditRow;
import org.jspecify.annotations.Nullable;

/**
 * Writes down each access, or lets it fail: a write in its own transaction, everything else before the answer leaves,
 * and a refusal before it is told. What the server does for itself is nobody's access.
 */
@Interceptor
public final class AuditHook {

    private static final String COMMITTED = AuditHook.class.getName() + ".committed";
    private static final int UNAVAILABLE = 503;

    private final Accesses accesses;
    private final AuditJournal journal;
    private final AuditForm form;
    private final AuditScope scope;

    AuditHook(Accesses accesses, AuditJournal journal, AuditForm form, AuditScope scope) {
        this.accesses = accesses;
        this.journal = journal;
        this.form = form;
        this.scope = scope;
    }

    /** HAPI works on the entries of a batch in several threads, so what they share is made before. */
    @Hook(value = Pointcut.SERVER_INCOMING_REQUEST_PRE_HANDLED, order = Stage.Order.IDENTIFY)
    public void expectWrites(RequestDetails request) {
        request.getUserData().putIfAbsent(COMMITTED, ConcurrentHashMap.newKeySet());
    }

    @Hook(value = Pointcut.STORAGE_PRECOMMIT_RESOURCE_CREATED, order = Stage.Order.RECORD)
    public void beforeCommitOfCreate(IBaseResource resource, @Nullable RequestDetails request) {
        if (resource instanceof AuditEvent event) {
            journal.writeWithTransaction(form.row(event), () -> {});
        }
        record("create", (Resource) resource, request);
    }

    @Hook(value = Pointcut.STORAGE_PRECOMMIT_RESOURCE_UPDATED, order = Stage.Order.RECORD)
    public void beforeCommitOfUpdate(IBaseResource before, IBaseResource after, @Nullable RequestDetails request) {
        boolean patch = request != null && BundleAudit.isPatch(request, after.getIdElement());
        record(patch ? "patch" : "update", (Resource) after, request);
    }

    @Hook(value = Pointcut.STORAGE_PRECOMMIT_RESOURCE_DELETED, order = Stage.Order.RECORD)
    public void beforeCommitOfDelete(IBaseResource resource, @Nullable RequestDetails request) {
        record("delete", (Resource) resource, request);
    }

    @Hook(value = Pointcut.SERVER_OUTGOING_RESPONSE, order = Stage.Order.RECORD)
    public void beforeAnswer(RequestDetails request, ResponseDetails answer) {
        HttpServletRequest http = ((ServletRequestDetails) request).getServletRequest();
        if (AuditedRequest.isRecorded(http)) {
            return;
        }
        Resource shown = (Resource) answer.getResponseResource();
        if (request.getRestOperationType() == RestOperationTypeEnum.TRANSACTION) {
            BundleAudit bundle = new BundleAudit(accesses, scope, AuditedRequest.asker(request));
            journal.write(bundle.rows(request, shown, committed(request)), ReleaseHook.disclosed(request));
        } else {
            recordAnswer(request, shown, answer.getResponseCode());
        }
        AuditedRequest.markRecorded(http);
    }

    /** Write down that a request was refused, or failed. */
    void recordFailure(RequestDetails request, int status) {
        HttpServletRequest http = ((ServletRequestDetails) request).getServletRequest();
        if (!AuditedRequest.isRecorded(http) && status != UNAVAILABLE) {
            Act act = AuditedRequest.act(request, status);
            if (scope.includes(act.type(), act.interaction(), status)) {
                Touched asked = scope.asked(act.type(), request.getId());
                journal.write(List.of(accesses.row(AuditedRequest.asker(request), act, asked)));
            }
            AuditedRequest.markRecorded(http);
        }
    }

    /** Write down that a request was refused before it could be understood. */
    void recordRefusal(HttpServletRequest http, int status) {
        AuditedUrl url = AuditedUrl.of(http.getMethod(), String.valueOf(http.getPathInfo()));
        if (scope.includes(url.type(), url.interaction(), status)) {
            Act act = new Act(url.interaction(), url.type(), null, status);
            Touched asked = scope.asked(url);
            journal.write(List.of(accesses.row(AuditedRequest.asker(http), act, asked)));
        }
        AuditedRequest.markRecorded(http);
    }

    private void recordAnswer(RequestDetails request, @Nullable Resource shown, int status) {
        Act act = AuditedRequest.act(request, status);
        boolean already =
                AuditedRequest.isWrite(act.interaction()) && !committed(request).isEmpty();
        if (already || !scope.includes(act.type(), act.interaction(), status)) {
            return;
        }
        Touched touched = accesses.shown(shown);
        if (touched.resources().isEmpty() || act.interaction().equals("operation")) {
            touched = scope.together(touched, scope.asked(act.type(), request.getId()));
        }
        AuditRow row = accesses.row(AuditedRequest.asker(request), act, touched);
        journal.write(List.of(row), ReleaseHook.disclosed(request));
    }

    private void record(String interaction, Resource resource, @Nullable RequestDetails request) {
        if (request instanceof ServletRequestDetails) {
            Asker asker = AuditedRequest.asker(request);
            Act act = new Act(interaction, resource.fhirType(), null, interaction.equals("create") ? 201 : 200);
            AuditRow row = accesses.row(asker, act, accesses.shown(resource));
            String key = BundleAudit.key(interaction, resource.getIdElement());
            Set<String> committed = committed(request);
            journal.writeWithTransaction(row, () -> committed.add(key));
        }
    }

    /** Which writes of a request are stored, and written down. */
    @SuppressWarnings("unchecked")
    private static Set<String> committed(RequestDetails request) {
        return (Set<String>) Objects.requireNonNull(request.getUserData().get(COMMITTED));
    }
}
