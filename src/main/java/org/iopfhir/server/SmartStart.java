// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Practitioner;
import org.iopfhir.sandbox.SandboxSettings;
import org.iopfhir.smart.Console;
import org.iopfhir.smart.SandboxAccess;
import org.iopfhir.smart.Smart;
import org.iopfhir.storage.BundleStore;
import org.springframework.boot.web.context.WebServerApplicationContext;

/** What the authorization server does before readiness: the first key, and in the sandbox the staff and a first word. */
record SmartStart(
        Smart smart,
        SandboxAccess sandbox,
        SandboxSettings settings,
        HttpSettings http,
        BundleStore store,
        WebServerApplicationContext web)
        implements Runnable {

    @Override
    public void run() {
        smart.warm();
        if (settings.stories()) {
            employ(sandbox.staff());
        }
        String base = http.baseUrl().isEmpty()
                ? (OwnTls.isOn(web.getWebServer()) ? "https" : "http") + "://localhost:"
                        + web.getWebServer().getPort()
                : http.baseUrl().substring(0, http.baseUrl().length() - HttpSettings.FHIR_PATH.length());
        sandbox.firstSteps(base, Path.of(settings.credentialsFile())).ifPresent(Console::print);
    }

    private void employ(Map<String, String> staff) {
        Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
        staff.forEach((id, name) -> {
            if (!store.everStored(new IdType("Practitioner", id))) {
                List<String> parts = List.of(name.split(", ", 2));
                Practitioner person = new Practitioner();
                person.setId(id);
                person.addName().setFamily(parts.get(0)).addGiven(parts.get(1));
                bundle.addEntry()
                        .setResource(person)
                        .setFullUrl("Practitioner/" + id)
                        .getRequest()
                        .setMethod(HTTPVerb.PUT)
                        .setUrl("Practitioner/" + id);
            }
        });
        if (bundle.hasEntry()) {
            store.store(bundle);
        }
    }
}
