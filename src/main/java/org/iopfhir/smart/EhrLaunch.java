// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jwt.JWTClaimsSet;
import java.io.IOException;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.iopfhir.access.Role;
import org.jspecify.annotations.Nullable;

/**
 * Where the program's EHR announces that it opens an app: {@code POST /auth/launch} with its own token and {@code
 * {"client": ..., "patient": ..., "encounter": ..., "intent": ..., "user": ...}}. The answer holds the URL to open.
 */
final class EhrLaunch {

    private static final Set<String> MAY = Set.of(
            Role.PROGRAM_SYSTEM.code(),
            Role.COUNSELOR.code(),
            Role.MEDICAL_DIRECTOR.code(),
            Role.SCHEDULER.code(),
            Role.PEER_SPECIALIST.code());
    private static final ObjectMapper JSON = new ObjectMapper();

    private final OwnTokens tokens;
    private final Accounts accounts;
    private final Launches launches;
    private final PatientDirectory patients;

    EhrLaunch(OwnTokens tokens, Accounts accounts, Launches launches, PatientDirectory patients) {
        this.tokens = tokens;
        this.accounts = accounts;
        this.launches = launches;
        this.patients = patients;
    }

    void answer(Visit visit) throws IOException {
        Answers.unstored(visit.response());
        String header = visit.request().getHeader("Authorization");
        Optional<JWTClaimsSet> caller = header == null || !header.regionMatches(true, 0, "Bearer ", 0, 7)
                ? Optional.empty()
                : tokens.read(header.substring(7).strip(), visit.place());
        if (caller.isEmpty()) {
            visit.response().setHeader("WWW-Authenticate", "Bearer");
            Answers.error(visit.response(), 401, "invalid_token", "A valid access token is needed.");
        } else if (roles(caller.get()).stream().noneMatch(MAY::contains)) {
            Answers.error(visit.response(), 403, "insufficient_scope", "No role of the caller opens apps.");
        } else {
            announce(visit, caller.get());
        }
    }

    private static List<String> roles(JWTClaimsSet caller) {
        try {
            List<String> roles = caller.getStringListClaim("iop_roles");
            return roles == null ? List.of() : roles;
        } catch (ParseException e) {
            return List.of();
        }
    }

    private void announce(Visit visit, JWTClaimsSet caller) throws IOException {
        JsonNode body = body(visit);
        Optional<Client> client =
                text(body, "client") == null ? Optional.empty() : accounts.client(String.valueOf(text(body, "client")));
        String patient = text(body, "patient");
        String encounter = text(body, "encounter");
        // Whoever opens an app with his own token opens it for himself.
        String user = caller.getClaim("fhirUser") == null ? text(body, "user") : caller.getSubject();
        if (client.isEmpty() || !client.get().scopes().contains("launch")) {
            invalid(visit, "client is no registered app that an EHR can open");
        } else if (patient != null && patients.patient(patient).isEmpty()) {
            invalid(visit, "patient is not known");
        } else if (encounter != null && (patient == null || !patients.isEncounterOf(encounter, patient))) {
            invalid(visit, "encounter is none of the patient's");
        } else if (user != null && accounts.user(user).isEmpty()) {
            invalid(visit, "user is not known");
        } else {
            String launch = launches.announce(new Launches.Launch(
                    client.get().id(), user, new LaunchContext(patient, encounter, text(body, "intent"), true)));
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("launch", launch);
            answer.put("iss", visit.place().fhirBase());
            String url = client.get().app().launchUrl();
            if (url != null) {
                answer.put(
                        "url",
                        url + (url.contains("?") ? "&" : "?") + "iss="
                                + Visit.encode(visit.place().fhirBase()) + "&launch=" + launch);
            }
            answer.put("expires_in", 300);
            Answers.json(visit.response(), 201, answer);
        }
    }

    private static void invalid(Visit visit, String what) throws IOException {
        Answers.error(visit.response(), 400, "invalid_request", what);
    }

    private static JsonNode body(Visit visit) throws IOException {
        try {
            JsonNode body = JSON.readTree(visit.request().getInputStream().readNBytes(10_000));
            return body == null ? JSON.createObjectNode() : body;
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }

    private static @Nullable String text(JsonNode body, String field) {
        JsonNode value = body.path(field);
        return value.isTextual() && !value.asText().isBlank() ? value.asText() : null;
    }
}
