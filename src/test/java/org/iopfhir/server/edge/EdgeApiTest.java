// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeApiTest {

    private static final String JSON = "application/fhir+json";
    private static final String XML = "application/fhir+xml";
    private static final FhirContext FHIR = FhirContext.forR4Cached();

    private static EdgeServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new EdgeServer(Map.of(), true, 0);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /Patient, application/fhir+json, {\"resourceType\":\"Patient\"}",
        "POST, /Patient, application/json; charset=utf-8, {\"resourceType\":\"Patient\"}",
        "PUT, /Patient/a, text/json, '{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"\u00C5ngstr\u00F6m\"}]}'",
        "POST, '', application/fhir+json, '{\"type\":\"batch\",\"entry\":[{\"request\":{\"url\":\"Patient\"}}]}'",
        "PATCH, /Patient/a, application/json-patch+json, '[{\"op\":\"remove\",\"path\":\"/active\"}]'",
        "PATCH, /Patient/a, application/fhir+json, {\"resourceType\":\"Parameters\"}",
        "POST, /Patient, application/fhir+xml, <Patient xmlns=\"http://hl7.org/fhir\"><active value=\"true\"/></Patient>",
        "PUT, /Binary/a, application/pdf, %PDF not really",
        "POST, /Observation, application/json, {\"valueQuantity\":{\"value\":6.02e23}}",
        "POST, /Patient, application/json, {\"identifier\":[{\"value\":\"5e123456\"}]}"
    })
    void passesOrdinaryBodiesOnUnchanged(String method, String path, String type, String body) throws Exception {
        HttpResponse<byte[]> response = send(method, path, type, body.getBytes(StandardCharsets.UTF_8));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/Patient?name=Eve&birthdate=ge1990-01-01,lt1980&_count=10",
                "/Observation?value-quantity=gt5.4e-3%7Chttp://unitsofmeasure.org%7Cmg",
                "/Patient?identifier=5e123456",
                "/Patient?name=%C3%85ngstr%C3%B6m",
                "/metadata"
            })
    void passesOrdinaryQueries(String path) throws Exception {
        HttpResponse<byte[]> response = send("GET", path, null, null);

        assertThat(response.statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/Observation?value-quantity=1e9999999",
                "/Observation?value-quantity=gt1e9999999",
                "/Observation?value-quantity=5,ap-1e-9999999%7C%7Cmg",
                "/Observation?code-value-quantity=http://loinc.org%7C2339-0$1e9999999",
                "/Patient?_has:Observation:patient:value-quantity=%31e9999999",
                "/Encounter?length=1e1000&x=?",
                "/Patient?name=%zz",
                "/Patient?name=%C3",
                "/Patient?name=a%00b",
                "/Patient?name=%"
            })
    void refusesQueriesWithHugeNumbersOrBrokenEscapes(String path) throws Exception {
        // Java's client would not send a broken escape.
        RawClient.Answer answer = RawClient.ask(server.port(), "GET /fhir" + path + " HTTP/1.1", "", new byte[0]);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(outcome(answer.body()).getIssueFirstRep().getDiagnostics()).contains("parameter");
    }

    @Test
    void refusesTooManyParametersAndValuesAndTooLongQueries() throws Exception {
        String ids = numbered(201, "a", ",");
        String parameters = numbered(65, "name=a", "&");

        assertThat(send("GET", "/Patient?_id=" + numbered(200, "a", ","), null, null)
                        .statusCode())
                .isEqualTo(200);
        assertRefused(403, send("GET", "/Patient?_id=" + ids, null, null));
        assertRefused(403, send("GET", "/Patient?" + parameters, null, null));
        assertRefused(403, form("_id=" + ids));
        assertRefused(403, form(parameters));
        assertRefused(403, form("name=" + "a".repeat(40_000)));
        assertRefused(400, form("name=%zz"));
    }

    @Test
    void countsNoEscapedCommas() throws Exception {
        String oneName = numbered(300, "a", "%5C,");

        assertThat(send("GET", "/Patient?name=" + oneName, null, null).statusCode())
                .isEqualTo(200);
    }

    @Test
    void passesAFormOnWithItsParameters() throws Exception {
        HttpResponse<byte[]> response = form("name=Eve&birthdate=1990");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Name")).contains("Eve");
        assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo("name=Eve&birthdate=1990");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"valueQuantity\":{\"value\":1e999999999}}",
                "{\"valueQuantity\":{\"value\":1e-999999999}}",
                "{\"valueQuantity\":{\"value\":\"1e999999999\"}}",
                "{\"valueQuantity\":{\"value\":\"\\u0031e999999999\"}}",
                "{\"anything\":[[-1.5E+100]]}",
                "{\"valueDecimal\":\"1e100\"}",
                "{\"entry\":[{\"request\":{\"url\":\"Observation?value-quantity=1e9999999\"}}]}",
                "{\"entry\":[{\"request\":{\"ifNoneExist\":\"value-quantity=1e9999999\"}}]}",
                "{\"subject\":{\"reference\":\"Observation?value-quantity=1e9999999\"}}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1} {}",
                "{\"a\":1",
                "{\"a\":01}",
                "{\"a\":NaN}",
                "[]",
                "1",
                "",
                "{\"a\":\"x\\u0000y\"}"
            })
    void refusesBadJsonWithAPlaceButNoContent(String body) throws Exception {
        assertRefused(400, send("POST", "/Observation", JSON, (body + " ").getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void saysWhereTheJsonBreaksAndQuotesNothing() throws Exception {
        String body = "{\n  \"name\": [{\"family\": \"Canary\" \"given\": 1}]}";

        HttpResponse<byte[]> response = send("POST", "/Patient", JSON, body.getBytes(StandardCharsets.UTF_8));

        assertRefused(400, response);
        assertThat(new String(response.body(), StandardCharsets.UTF_8))
                .contains("line 2")
                .doesNotContain("Canary");
    }

    @Test
    void refusesLongNumbersDeepNestingAndManyEntries() throws Exception {
        String deep = "{\"extension\":[".repeat(5000) + "]}".repeat(5000);
        String manyNames =
                IntStream.range(0, 501).mapToObj(i -> "\"a" + i + "\":1").collect(Collectors.joining(",", "{", "}"));
        String entries = "{\"resourceType\":\"Bundle\",\"entry\":[" + numbered(5001, "{}", ",") + "]}";
        String inner = "{\"resourceType\":\"Parameters\",\"parameter\":[{\"resource\":" + entries + "}]}";

        assertRefused(400, post("{\"value\":" + "9".repeat(10_000) + "}"));
        assertRefused(400, post("{\"value\":\"" + "9".repeat(10_000) + "\"}"));
        assertRefused(400, post("{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}"));
        assertRefused(400, post(deep));
        assertRefused(400, post(manyNames));
        assertRefused(413, post(entries));
        assertRefused(413, post(inner));
    }

    @Test
    void refusesTextThatIsNotUtf8() throws Exception {
        byte[] latin = "{\"family\":\"\u00C5ngstr\u00F6m\"}".getBytes(StandardCharsets.ISO_8859_1);
        byte[] wide = "{\"family\":\"Eve\"}".getBytes(StandardCharsets.UTF_16LE);

        assertRefused(400, send("POST", "/Patient", JSON, latin));
        assertRefused(400, send("POST", "/Patient", JSON, wide));
        assertRefused(415, send("POST", "/Patient", JSON + "; charset=utf-16", wide));
        assertRefused(415, send("POST", "/Patient", JSON + "; charset=nonsense", latin));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE a [<!ENTITY x \"y\">]><Patient/>",
                "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Patient>&x;</Patient>",
                "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/a.dtd\"><Patient/>",
                "<Patient>&x;</Patient>",
                "<Observation><valueQuantity><value value=\"1e999999999\"/></valueQuantity></Observation>",
                "<Observation><valueQuantity><value value=\" 1e-999999999 \"/></valueQuantity></Observation>",
                "<Bundle><entry><request><url value=\"Encounter?length=1e9999999\"/></request></entry></Bundle>",
                "<Patient>",
                "<Patient/><Patient/>",
                "no xml"
            })
    void refusesBadXml(String body) throws Exception {
        assertRefused(400, send("POST", "/Observation", XML, body.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void refusesEntityBombsAndDeepXml() throws Exception {
        String bomb = "<!DOCTYPE a [<!ENTITY a0 \"ha\">"
                + IntStream.range(1, 30)
                        .mapToObj(i -> "<!ENTITY a" + i + " \"&a" + (i - 1) + ";&a" + (i - 1) + ";\">")
                        .collect(Collectors.joining())
                + "]><Patient>&a29;</Patient>";
        String deep = "<a>".repeat(10_000) + "</a>".repeat(10_000);

        assertRefused(400, send("POST", "/Patient", XML, bomb.getBytes(StandardCharsets.UTF_8)));
        assertRefused(400, send("POST", "/Patient", XML, deep.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "POST, /Patient, none",
                "POST, /Patient, text/plain",
                "POST, /Patient, not a type",
                "POST, /Patient, application/json-patch+json",
                "POST, /Patient, application/x-www-form-urlencoded",
                "POST, /Patient/_search, application/json",
                "PATCH, /Binary/a, text/plain",
                "PUT, /Binary/a, text/turtle",
                "PUT, /Patient/Binary, text/plain"
            })
    void refusesBodiesOfOtherTypes(String method, String path, String type) throws Exception {
        assertRefused(415, send(method, path, type, "{}".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void unpacksGzip() throws Exception {
        byte[] plain = "{\"resourceType\":\"Patient\"}".getBytes(StandardCharsets.UTF_8);

        HttpResponse<byte[]> response = packed("gzip", pack(plain, 1));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(plain);
        assertThat(response.headers().firstValue("Length")).contains(plain.length + " " + plain.length);
        assertThat(response.headers().firstValue("Packing")).contains("null");
    }

    @Test
    void refusesGzipBombsAndOtherPackings() throws Exception {
        byte[] bomb = pack(new byte[1024 * 1024], 1024);
        long start = System.nanoTime();

        assertThat(bomb.length).isGreaterThan(1_000_000).isLessThan(1_100_000);
        assertRefused(413, packed("gzip", bomb));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertRefused(400, packed("gzip", "{}".getBytes(StandardCharsets.UTF_8)));
        assertRefused(400, packed("gzip", java.util.Arrays.copyOf(pack(new byte[1000], 1), 15)));
        assertRefused(415, packed("br", bomb));
    }

    @Test
    void answersHeadLikeGetWithoutABody() throws Exception {
        HttpResponse<byte[]> head = send("HEAD", "/Patient/a", null, null);
        HttpResponse<byte[]> get = send("GET", "/Patient/a", null, null);

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Method")).contains("GET");
        assertThat(head.headers().firstValue("Content-Length"))
                .isEqualTo(get.headers().firstValue("Content-Length"));
        assertThat(head.body()).isEmpty();
        assertThat(get.body()).isNotEmpty();
    }

    @Test
    void keepsAnswersOutOfCachesAndGuesses() throws Exception {
        HttpResponse<byte[]> served = send("GET", "/Patient/a", null, null);
        HttpResponse<byte[]> refused = send("GET", "/Patient?length=1e1000", null, null);

        for (HttpResponse<byte[]> response : List.of(served, refused)) {
            assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(response.headers().firstValue("Referrer-Policy")).contains("no-referrer");
        }
    }

    @Test
    void answersInTheFormatThatTheClientReads() throws Exception {
        HttpRequest accept = HttpRequest.newBuilder(server.uri("/Patient?length=1e1000"))
                .header("Accept", "application/fhir+xml, application/json;q=0.5")
                .build();

        HttpResponse<String> xml = server.client.send(accept, BodyHandlers.ofString());
        HttpResponse<byte[]> format = send("GET", "/Patient?length=1e1000&_format=xml", null, null);

        assertThat(xml.headers().firstValue("Content-Type").orElse("")).startsWith(XML);
        assertThat(FHIR.newXmlParser()
                        .parseResource(OperationOutcome.class, xml.body())
                        .hasIssue())
                .isTrue();
        assertThat(format.headers().firstValue("Content-Type").orElse("")).startsWith(XML);
    }

    private HttpResponse<byte[]> post(String body) throws Exception {
        return send("POST", "/Bundle", JSON, body.getBytes(StandardCharsets.UTF_8));
    }

    private HttpResponse<byte[]> form(String body) throws Exception {
        return send(
                "POST", "/Patient/_search", "application/x-www-form-urlencoded", body.getBytes(StandardCharsets.UTF_8));
    }

    private HttpResponse<byte[]> packed(String packing, byte[] body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/Patient"))
                .header("Content-Type", JSON)
                .header("Content-Encoding", packing)
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        return server.client.send(request, BodyHandlers.ofByteArray());
    }

    private static HttpResponse<byte[]> send(String method, String path, @Nullable String type, byte @Nullable [] body)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path))
                .timeout(Duration.ofSeconds(5))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (type != null) {
            request.header("Content-Type", type);
        }
        return server.client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static void assertRefused(int status, HttpResponse<byte[]> response) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(outcome(response.body()).getIssueFirstRep().getDiagnostics()).isNotBlank();
        assertThat(response.headers().firstValue("Method")).isEmpty();
    }

    private static OperationOutcome outcome(byte[] body) {
        return FHIR.newJsonParser().parseResource(OperationOutcome.class, new String(body, StandardCharsets.UTF_8));
    }

    private static String numbered(int count, String text, String separator) {
        return IntStream.range(0, count).mapToObj(i -> text).collect(Collectors.joining(separator));
    }

    private static byte[] pack(byte[] block, int times) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            for (int i = 0; i < times; i++) {
                gzip.write(block);
            }
        }
        return packed.toByteArray();
    }
}
