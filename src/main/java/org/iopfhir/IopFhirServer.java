// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import java.time.ZoneOffset;
import java.util.TimeZone;
import org.iopfhir.server.AccessCommand;
import org.iopfhir.server.FhirEndpoint;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts the server, or does what a command says. */
public final class IopFhirServer {

    private IopFhirServer() {}

    public static void main(String[] args) {
        if (!AccessCommand.run(args)) {
            start(args);
        }
    }

    /** Start it inside this JVM; it serves until the context is closed. */
    public static ConfigurableApplicationContext start(String... args) {
        // HAPI indexes a time that has no zone in the zone of the JVM, so nodes in different zones would disagree.
        TimeZone.setDefault(TimeZone.getTimeZone(ZoneOffset.UTC));
        SpringApplication application = new SpringApplication(FhirEndpoint.class);
        // HAPI's search registry and its change listeners inject each other.
        application.setAllowCircularReferences(true);
        return application.run(args);
    }
}
