// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;

/** Whoever brings no token finds nothing but the few addresses that SECURITY.md lists. */
class OpenUrlsApiTest {

    private static final FhirClient NOBODY = RunningServer.client().anonymous();

    /** What each mapping of a servlet is, and one address below it. */
    private static final List<String> MAPPINGS = List.of("/fhir/*", "/guide/*", "/consents/*", "/");

    @Test
    void everyServletIsKnown() {
        ServletContext context =
                RunningServer.bean(ServletWebServerApplicationContext.class).getServletContext();
        List<String> mappings = new ArrayList<>();
        context.getServletRegistrations().values().forEach(servlet -> mappings.addAll(servlet.getMappings()));

        assertThat(new TreeSet<>(mappings)).isSubsetOf(MAPPINGS);
    }

    @Test
    void everyMethodOfTheFhirApiWantsAToken() {
        List<String> answered = new ArrayList<>();
        for (String path : paths()) {
            for (String verb : List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")) {
                int status = NOBODY.method(verb, path).send().status();
                boolean open = path.equals("metadata") && (verb.equals("GET") || verb.equals("HEAD"));
                if (status < 400 != open || (!open && status != 401 && status != 405)) {
                    answered.add(verb + " " + path + " -> " + status);
                }
            }
        }

        assertThat(answered).isEmpty();
    }

    @Test
    void besideTheFhirApiThereAreOnlyPagesThatHoldNothingOfAnybody() {
        String root = NOBODY.base().replace("/fhir", "");
        NOBODY.get(root + "/guide/").send().expect(200);
        NOBODY.get(root + "/consents/").send().expect(200);
        for (String path : List.of(
                "",
                "/",
                "/actuator",
                "/actuator/health",
                "/actuator/prometheus",
                "/auth",
                "/h2-console",
                "/error",
                "/fhirx/Patient",
                "/FHIR/Patient",
                "/swagger-ui/",
                "/api-docs",
                "/favicon.ico",
                "/index.html")) {
            assertThat(NOBODY.get(root + path).send().status()).as(path).isEqualTo(404);
        }
    }

    /** One for each type and each operation that any provider of the running server has. */
    private static Set<String> paths() {
        TreeSet<String> paths = new TreeSet<>(List.of("", "metadata", "_history", "Patient/1/Observation", "x"));
        RunningServer.client()
                .get("metadata")
                .send()
                .as(org.hl7.fhir.r4.model.CapabilityStatement.class)
                .getRestFirstRep()
                .getResource()
                .forEach(type -> {
                    paths.addAll(List.of(
                            type.getType(),
                            type.getType() + "/1",
                            type.getType() + "/1/_history",
                            type.getType() + "/1/_history/1",
                            type.getType() + "/_history",
                            type.getType() + "/_search"));
                    type.getOperation().forEach(operation -> {
                        paths.add(type.getType() + "/$" + operation.getName());
                        paths.add(type.getType() + "/1/$" + operation.getName());
                    });
                });
        return paths;
    }
}
