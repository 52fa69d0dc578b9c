// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.IInterceptorService;
import java.util.List;
import org.iopfhir.conformance.Conformance;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.storage.CompartmentUrl;
import org.iopfhir.storage.Storage;
import org.iopfhir.storage.UnreadableValues;
import org.iopfhir.storage.database.DatabaseFailures;

/** What takes part in every request; {@link Stage} says in which order. */
record Hooks(RequestLog requestLog, AccessHook access, RuleHook rules, OfPart2 part2, AuditHook audit) {

    /** Those that are about 42 CFR Part 2. */
    record OfPart2(
            NoteHook notes, DisclosureHook disclosure, RevocationFence fence, ReleaseHook release, EvenAnswers even) {}

    void register(IInterceptorService hooks, Conformance conformance, Storage.StoredTypes types) {
        hooks.registerInterceptor(requestLog);
        hooks.registerInterceptor(new CompartmentPath(new CompartmentUrl(conformance.fhir())));
        hooks.registerInterceptor(new WriteHook(types.references()));
        hooks.registerInterceptor(access);
        hooks.registerInterceptor(part2.notes());
        hooks.registerInterceptor(new LabelHook());
        hooks.registerInterceptors(types.hooks());
        hooks.registerInterceptor(new ValidationHook(conformance.check()));
        hooks.registerInterceptor(rules);
        hooks.registerInterceptor(part2.disclosure());
        hooks.registerInterceptor(part2.fence());
        hooks.registerInterceptor(part2.release());
        hooks.registerInterceptor(audit);
        hooks.registerInterceptor(new FailureHook(
                new FailureTranslation(List.of(new DatabaseFailures(), new UnreadableValues(), new BrokenEscapes())),
                audit));
        hooks.registerInterceptor(part2.even());
        hooks.registerInterceptor(new SharedLabelsHook(conformance.fhir()));
    }
}
