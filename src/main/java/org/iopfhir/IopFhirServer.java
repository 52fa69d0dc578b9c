// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import org.iopfhir.server.FhirEndpoint;
import org.springframework.boot.SpringApplication;

/** Starts the server. */
public final class IopFhirServer {

    private IopFhirServer() {}

    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(FhirEndpoint.class);
        // HAPI's search registry and its change listeners inject each other.
        application.setAllowCircularReferences(true);
        application.run(args);
    }
}
