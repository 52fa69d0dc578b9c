// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWSAlgorithm;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.smart.SmartClient.Reply;
import org.iopfhir.storage.BundleStore;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Sandbox;

/** An app that people use, of one of the three kinds. */
record App(String client) {

    static final String REDIRECT = "http://127.0.0.1:4567/callback";
    static final String VERIFIER = "a-code-verifier-of-more-than-43-characters-0123456789";
    static final String STATE = "state-0123456789-0123456789";

    static final App PUBLIC = new App("sandbox-app");
    static final App SECRET = new App("sandbox-confidential-app");
    static final App KEYED = new App(KeyedClients.KEYED_APP);

    /** The patients and the session that the tests open apps upon. */
    static void patients() {
        Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
        put(bundle, patient("stepdown-patient", "Quillfeather", "Marisol"));
        put(bundle, patient("teen-patient", "Brambleworth", "Teo"));
        Encounter encounter = new Encounter();
        encounter.setId("stepdown-session");
        encounter.setStatus(Encounter.EncounterStatus.FINISHED);
        encounter
                .getClass_()
                .setSystem("http://terminology.hl7.org/CodeSystem/v3-ActCode")
                .setCode("AMB");
        encounter.setSubject(new Reference("Patient/stepdown-patient"));
        put(bundle, encounter);
        RunningServer.bean(BundleStore.class).store(bundle);
    }

    private static Patient patient(String id, String family, String given) {
        Patient patient = new Patient();
        patient.setId(id);
        patient.addName().setFamily(family).addGiven(given);
        return patient;
    }

    private static void put(Bundle bundle, Resource resource) {
        String url = resource.fhirType() + "/" + resource.getIdElement().getIdPart();
        bundle.addEntry()
                .setResource(resource)
                .setFullUrl(url)
                .getRequest()
                .setMethod(HTTPVerb.PUT)
                .setUrl(url);
    }

    static String challenge(String verifier) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the app asks for, to be changed by a test. */
    Map<String, String> request(String scope) {
        Map<String, String> request = new LinkedHashMap<>();
        request.put("response_type", "code");
        request.put("client_id", client);
        request.put("redirect_uri", REDIRECT);
        request.put("scope", scope);
        request.put("state", STATE);
        request.put("aud", SmartClient.base());
        request.put("code_challenge", challenge(VERIFIER));
        request.put("code_challenge_method", "S256");
        return request;
    }

    static String authorize() {
        return SmartClient.issuer() + "/auth/authorize";
    }

    Browser ask(Map<String, String> request) {
        return new Browser().open(authorize() + "?" + SmartClient.encode(request));
    }

    /** Let somebody sign in and grant all, if he is asked. */
    Browser grantedBy(String user, String scope) {
        Browser browser = ask(request(scope)).signIn(user);
        return browser.isBackAtApp() ? browser : browser.grant();
    }

    Reply exchange(String code) {
        return exchange(code, VERIFIER);
    }

    Reply exchange(String code, String verifier) {
        Map<String, String> form = new HashMap<>();
        form.put("grant_type", "authorization_code");
        form.put("code", code);
        form.put("redirect_uri", REDIRECT);
        form.put("code_verifier", verifier);
        return token(form);
    }

    Reply refresh(String token, String... scope) {
        Map<String, String> form = new HashMap<>();
        form.put("grant_type", "refresh_token");
        form.put("refresh_token", token);
        if (scope.length > 0) {
            form.put("scope", scope[0]);
        }
        return token(form);
    }

    /** Ask the token endpoint, and show who asks. */
    Reply token(Map<String, String> form) {
        return prove("/auth/token", form);
    }

    Reply prove(String path, Map<String, String> form) {
        Map<String, String> all = new HashMap<>(form);
        String url = SmartClient.issuer() + path;
        if (this.equals(SECRET)) {
            return SmartClient.post(url, all, "Authorization", SmartClient.basic(client, Sandbox.secretOf(client)));
        }
        if (this.equals(KEYED)) {
            all.put("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
            all.put(
                    "client_assertion",
                    KeyedClients.sign(KeyedClients.claims(client).build(), KeyedClients.EC, JWSAlgorithm.ES384));
        } else {
            all.put("client_id", client);
        }
        return SmartClient.post(url, all);
    }

    /** The tokens that somebody grants. */
    JsonNode tokens(String user, String scope) {
        Reply reply = exchange(grantedBy(user, scope).parameter("code"));
        if (reply.status() != 200) {
            throw new AssertionError(reply.status() + " " + reply.body());
        }
        return reply.json();
    }
}
