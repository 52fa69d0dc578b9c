// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyType;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestSecurityComponent;
import org.hl7.fhir.r4.model.Extension;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;

/** What an app finds out before anybody has signed in. */
class SmartDiscoveryApiTest {

    private static final String OAUTH = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";

    private static JsonNode smart() {
        SmartClient.Reply reply = SmartClient.get(SmartClient.base() + "/.well-known/smart-configuration");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).startsWith("application/json");
        return reply.json();
    }

    private static JsonNode openId() {
        SmartClient.Reply reply = SmartClient.get(SmartClient.issuer() + "/.well-known/openid-configuration");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).startsWith("application/json");
        return reply.json();
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    @Test
    void smartConfigurationNamesTheEndpoints() {
        JsonNode smart = smart();

        assertThat(smart.path("issuer").asText()).isEqualTo(SmartClient.issuer());
        assertThat(smart.path("authorization_endpoint").asText()).isEqualTo(SmartClient.issuer() + "/auth/authorize");
        assertThat(smart.path("token_endpoint").asText()).isEqualTo(SmartClient.issuer() + "/auth/token");
        assertThat(smart.path("introspection_endpoint").asText()).isEqualTo(SmartClient.issuer() + "/auth/introspect");
        assertThat(smart.path("revocation_endpoint").asText()).isEqualTo(SmartClient.issuer() + "/auth/revoke");
        assertThat(smart.path("management_endpoint").asText()).isEqualTo(SmartClient.issuer() + "/auth/apps");
        assertThat(smart.path("jwks_uri").asText()).isEqualTo(SmartClient.issuer() + "/auth/jwks");
        assertThat(smart.has("registration_endpoint")).isFalse();
    }

    @Test
    void smartConfigurationNamesGrantsAndPkceWithoutPlain() {
        JsonNode smart = smart();

        assertThat(texts(smart.path("grant_types_supported")))
                .contains("authorization_code", "refresh_token", "client_credentials");
        assertThat(texts(smart.path("code_challenge_methods_supported"))).containsExactly("S256");
        assertThat(texts(smart.path("response_types_supported"))).containsExactly("code");
        assertThat(texts(smart.path("token_endpoint_auth_methods_supported")))
                .contains("private_key_jwt", "client_secret_basic", "client_secret_post");
        assertThat(texts(smart.path("token_endpoint_auth_signing_alg_values_supported")))
                .containsExactly("RS384", "ES384");
        assertThat(texts(smart.path("scopes_supported"))).contains("openid", "fhirUser", "launch", "launch/patient");
    }

    @Test
    void smartConfigurationNamesTheCapabilitiesOfBothLaunches() {
        assertThat(texts(smart().path("capabilities")))
                .contains(
                        "launch-standalone",
                        "launch-ehr",
                        "client-public",
                        "client-confidential-symmetric",
                        "client-confidential-asymmetric",
                        "sso-openid-connect",
                        "context-banner",
                        "context-style",
                        "context-ehr-patient",
                        "context-ehr-encounter",
                        "context-standalone-patient",
                        "permission-offline",
                        "permission-patient",
                        "permission-user",
                        "authorize-post",
                        "permission-v2",
                        "permission-v1");
    }

    @Test
    void smartConfigurationIsTheSameAtTheRoot() {
        assertThat(SmartClient.get(SmartClient.issuer() + "/.well-known/smart-configuration")
                        .json())
                .isEqualTo(smart());
    }

    @Test
    void pagesOfEveryOriginMayReadIt() {
        SmartClient.Reply reply = SmartClient.get(
                SmartClient.base() + "/.well-known/smart-configuration", "Origin", "https://app.example.org");

        assertThat(reply.header("Access-Control-Allow-Origin")).isIn("*", "https://app.example.org");
        assertThat(reply.response().headers().allValues("Access-Control-Allow-Origin"))
                .hasSize(1);
    }

    @Test
    void openIdConfigurationIsComplete() {
        JsonNode openId = openId();

        assertThat(openId.path("issuer").asText()).isEqualTo(SmartClient.issuer());
        assertThat(openId.path("authorization_endpoint").asText())
                .isEqualTo(smart().path("authorization_endpoint").asText());
        assertThat(openId.path("token_endpoint").asText())
                .isEqualTo(smart().path("token_endpoint").asText());
        assertThat(openId.path("jwks_uri").asText()).isNotEmpty();
        assertThat(texts(openId.path("response_types_supported"))).contains("code");
        assertThat(texts(openId.path("subject_types_supported"))).contains("public");
        assertThat(texts(openId.path("id_token_signing_alg_values_supported"))).contains("RS256");
    }

    @Test
    void theKeysAreRsaAndPublic() throws Exception {
        String url = openId().path("jwks_uri").asText();
        JWKSet keys = JWKSet.parse(SmartClient.get(url).body());

        assertThat(keys.getKeys()).isNotEmpty();
        assertThat(keys.getKeys()).allMatch(key -> key.getKeyType().equals(KeyType.RSA));
        assertThat(keys.getKeys()).noneMatch(JWK::isPrivate);
        assertThat(keys.getKeys()).allMatch(key -> key.getKeyID() != null);
    }

    @Test
    void theCapabilityStatementNamesTheEndpoints() {
        CapabilityStatement statement = (CapabilityStatement)
                RunningServer.client().get("metadata").send().expect(200).resource();
        CapabilityStatementRestSecurityComponent security =
                statement.getRestFirstRep().getSecurity();
        Extension uris = security.getExtensionByUrl(OAUTH);

        assertThat(security.getServiceFirstRep().getCodingFirstRep().getCode()).isEqualTo("SMART-on-FHIR");
        assertThat(uris.getExtensionByUrl("authorize").getValue().primitiveValue())
                .isEqualTo(SmartClient.issuer() + "/auth/authorize");
        assertThat(uris.getExtensionByUrl("token").getValue().primitiveValue())
                .isEqualTo(SmartClient.issuer() + "/auth/token");
    }

    @Test
    void whatIsNotThereIs404AndTheWrongMethod405() {
        assertThat(SmartClient.get(SmartClient.issuer() + "/auth/nothing").status())
                .isEqualTo(404);
        assertThat(SmartClient.get(SmartClient.issuer() + "/auth/token").status())
                .isEqualTo(405);
        assertThat(SmartClient.get(SmartClient.issuer() + "/auth/register").status())
                .isEqualTo(404);
    }
}
