// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.util.Map;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestSecurityComponent;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.UriType;

/** What the CapabilityStatement says of SMART, for clients that do not ask for smart-configuration. */
final class SmartSecurity {

    private static final String URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";
    private static final String SERVICES = "http://terminology.hl7.org/CodeSystem/restful-security-service";

    private static final Map<String, String> PATHS = Map.of(
            "authorize", "/auth/authorize",
            "token", "/auth/token",
            "introspect", "/auth/introspect",
            "revoke", "/auth/revoke",
            "manage", "/auth/apps");

    private SmartSecurity() {}

    static void add(CapabilityStatementRestSecurityComponent security, String fhirBase) {
        security.addService()
                .addCoding()
                .setSystem(SERVICES)
                .setCode("SMART-on-FHIR")
                .setDisplay("SMART-on-FHIR");
        String issuer = fhirBase.substring(0, fhirBase.length() - HttpSettings.FHIR_PATH.length());
        Extension uris = security.addExtension().setUrl(URIS);
        PATHS.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(path -> uris.addExtension(path.getKey(), new UriType(issuer + path.getValue())));
    }
}
