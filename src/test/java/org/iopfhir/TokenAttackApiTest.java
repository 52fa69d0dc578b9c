// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;

/** Forged, stale, misdirected and broken tokens: each gets 401, and no word about why. */
class TokenAttackApiTest {

    private static final FhirClient SERVER = RunningServer.client().anonymous();

    /** Times are whole seconds, and the server allows for a minute of another clock. */
    private static final long MINUTES_10 = 600_000;

    @Test
    void refusesWhoeverBringsNothing() {
        Answer answer = SERVER.get("Patient").send();

        answer.refusal(401, IssueType.LOGIN);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"fhir\"");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void takesWhatTheIssuerSigned() {
        SERVER.as(Callers.programSystem()).get("Patient?_count=1").send().expect(200);
        assertThat(with(good()).status()).isEqualTo(200);
    }

    @Test
    void refusesWhatNobodySigned() {
        refused("alg none", new PlainJWT(claims(any -> any)).serialize());
        String[] parts = good().split("\\.", -1);
        refused("no signature", parts[0] + "." + parts[1] + ".");
        refused(
                "signature of another",
                parts[0] + "." + parts[1] + "." + sign(any -> any.subject("x")).split("\\.", -1)[2]);
        String more = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                .replace("system/*.cruds", "system/*.cruds user/*.cruds");
        refused(
                "changed",
                parts[0] + "."
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(more.getBytes(StandardCharsets.UTF_8))
                        + "." + parts[2]);
    }

    @Test
    void refusesAPublicKeyUsedAsASecret() throws JOSEException {
        for (byte[] secret : List.of(
                Callers.key().toPublicKey().getEncoded(),
                Callers.key().toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8))) {
            JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.HS256)
                    .keyID(Callers.key().getKeyID())
                    .build();
            JWSObject token =
                    new JWSObject(header, new Payload(claims(any -> any).toJSONObject()));
            token.sign(new MACSigner(secret));
            refused("key confusion", token.serialize());
        }
    }

    @Test
    void refusesKeysThatTheTokenBringsAlong() throws JOSEException {
        RSAKey own = Callers.newKey("one");
        refused("same key id", Callers.sign(claims(any -> any), own));
        refused("unknown key id", Callers.sign(claims(any -> any), Callers.newKey("two")));
        ECKey curve = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .jwk(curve.toPublicJWK())
                .build();
        JWSObject token = new JWSObject(header, new Payload(claims(any -> any).toJSONObject()));
        token.sign(new ECDSASigner(curve));
        refused("embedded key", token.serialize());
    }

    @Test
    void refusesWhatWasIssuedForSomebodyElse() {
        refused("issuer", sign(claims -> claims.issuer("https://elsewhere.example.org")));
        refused("audience", sign(claims -> claims.audience("https://elsewhere.example.org/fhir")));
        refused("no audience", sign(claims -> claims.audience((String) null)));
        refused("no issuer", sign(claims -> claims.issuer(null)));
        refused(
                "user of elsewhere",
                sign(claims -> claims.claim("fhirUser", "https://elsewhere.example.org/Patient/1")));
        refused("user is no person", sign(claims -> claims.claim("fhirUser", "Device/1")));
    }

    @Test
    void refusesWhatIsNotNow() {
        Date now = new Date(clock());
        refused("expired", sign(claims -> claims.expirationTime(new Date(now.getTime() - MINUTES_10))));
        refused("without end", sign(claims -> claims.expirationTime(null)));
        refused("not yet", sign(claims -> claims.notBeforeTime(new Date(now.getTime() + MINUTES_10))));
    }

    private static long clock() {
        return java.time.Clock.systemUTC().millis();
    }

    @Test
    void refusesWhatCannotBeTakenBack() {
        refused("no jti", sign(claims -> claims.jwtID(null)));
        refused("no subject", sign(claims -> claims.subject(null)));
        refused("no client", sign(claims -> claims.claim("client_id", null)));
    }

    @Test
    void refusesGarbage() {
        for (String token : List.of("", "x", "a.b.c", "..", "null", "undefined", "Bearer", "a".repeat(5_000), "%00")) {
            refused(token, token);
        }
        for (String header : List.of("Basic YTpi", "Bearer", "bearer", "Token " + good(), good())) {
            Answer answer =
                    SERVER.get("Patient").header("Authorization", header).send();
            answer.refusal(401, IssueType.LOGIN);
        }
        SERVER.get("Patient").header("Authorization", "bearer " + good()).send().expect(200);
    }

    @Test
    void takesATokenFromOneHeaderOnly() {
        SERVER.get("Patient?access_token=" + good()).send().refusal(401, IssueType.LOGIN);
        SERVER.get("Patient?_count=1&access_token=" + good())
                .header("Authorization", "Bearer " + good())
                .send()
                .refusal(401, IssueType.LOGIN);
        SERVER.post("Patient/_search")
                .body("application/x-www-form-urlencoded", "access_token=" + good())
                .send()
                .refusal(401, IssueType.LOGIN);
        SERVER.get("Patient")
                .header("Authorization", "Bearer " + good())
                .header("Authorization", "Bearer " + good())
                .send()
                .refusal(401, IssueType.LOGIN);
    }

    @Test
    void opensNothingByOtherNames() {
        for (String path : List.of(
                "",
                "metadata/",
                "Metadata",
                "metadata%2F..%2FPatient",
                "metadata;x=y",
                "Patient?metadata",
                "Patient/metadata",
                ".well-known/smart-configuration/",
                ".well-known/other",
                "Patient/../metadata",
                "$meta",
                "_history",
                "CodeSystem/$lookup",
                "StructureDefinition",
                "swagger-ui/",
                "api-docs")) {
            assertThat(SERVER.get(path).send().status()).as(path).isIn(400, 401, 404);
            assertThat(SERVER.get(path).send().text()).as(path).doesNotContain("\"Bundle\"", "CapabilityStatement\"");
        }
        SERVER.method("POST", "metadata").send().expect(401);
        SERVER.method("OPTIONS", "").send().expect(401);
        SERVER.get("metadata").header("X-HTTP-Method-Override", "DELETE").send().expect(200);
    }

    @Test
    void readsNoBodyOfAStranger() {
        String large = "{\"resourceType\":\"Patient\",\"x\":1e999999999";

        SERVER.post("Patient").body(FhirClient.JSON, large).send().refusal(401, IssueType.LOGIN);
    }

    @Test
    void saysTheSameOfEachBadToken() {
        Map<String, String> said = new TreeMap<>();
        said.put(
                "expired",
                with(sign(claims -> claims.expirationTime(new Date(clock() - MINUTES_10))))
                        .text());
        said.put(
                "issuer",
                with(sign(claims -> claims.issuer("https://elsewhere.example.org")))
                        .text());
        said.put("garbage", with("a.b.c").text());

        assertThat(said.values()).containsOnly(said.get("garbage"));
    }

    private static void refused(String what, String token) {
        Answer answer = with(token);
        assertThat(answer.status())
                .as(what.substring(0, Math.min(20, what.length())))
                .isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).as(what).startsWith("Bearer realm=\"fhir\", error=\"invalid_");
        OperationOutcome outcome = answer.as(OperationOutcome.class);
        assertThat(outcome.getIssue()).hasSize(1);
        assertThat(answer.text()).doesNotContain("jwt", "JWT", "signature", "issuer", "Exception");
    }

    private static Answer with(String token) {
        return SERVER.get("Patient?_count=1")
                .header("Authorization", "Bearer " + token)
                .send();
    }

    private static String good() {
        return sign(any -> any);
    }

    private static String sign(UnaryOperator<JWTClaimsSet.Builder> more) {
        return Callers.sign(claims(more), Callers.key());
    }

    private static JWTClaimsSet claims(UnaryOperator<JWTClaimsSet.Builder> more) {
        return more.apply(Callers.claims("ehr")
                        .claim("scope", "system/*.cruds")
                        .claim("iop_roles", List.of("program-system")))
                .build();
    }
}
