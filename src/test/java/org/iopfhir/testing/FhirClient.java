// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.testing;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Resource;

/** Speaks HTTP, and adds nothing to it that a test did not ask for but who is asking. */
public final class FhirClient {

    /** Content type of FHIR in JSON. */
    public static final String JSON = "application/fhir+json";

    /** Content type of FHIR in XML. */
    public static final String XML = "application/fhir+xml";

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private final String base;
    private final Callers.Who who;

    /** A client that sends the token of the program's own EHR. */
    public FhirClient(String base) {
        this(base, Callers.programSystem());
    }

    private FhirClient(String base, Callers.Who who) {
        this.base = base;
        this.who = who;
    }

    /** The same for somebody else. */
    public FhirClient as(Callers.Who other) {
        return new FhirClient(base, other);
    }

    /** The same without any token. */
    public FhirClient anonymous() {
        return as(Callers.nobody());
    }

    static IParser jsonParser() {
        return FhirContext.forR4Cached().newJsonParser().setStripVersionsFromReferences(false);
    }

    static IParser xmlParser() {
        return FhirContext.forR4Cached().newXmlParser().setStripVersionsFromReferences(false);
    }

    /** The FHIR base, without a slash at its end. */
    public String base() {
        return base;
    }

    public Call get(String path) {
        return new Call("GET", path);
    }

    public Call head(String path) {
        return new Call("HEAD", path);
    }

    public Call post(String path) {
        return new Call("POST", path);
    }

    public Call put(String path) {
        return new Call("PUT", path);
    }

    public Call patch(String path) {
        return new Call("PATCH", path);
    }

    public Call delete(String path) {
        return new Call("DELETE", path);
    }

    public Call method(String verb, String path) {
        return new Call(verb, path);
    }

    /** Store a resource under an id of the server, and give back {@code Type/id}. */
    public String store(Resource resource) {
        Answer answer = post(resource.fhirType()).body(resource).send().expect(201);
        IIdType id = new IdType(answer.header("Location"));
        return id.toUnqualifiedVersionless().getValue();
    }

    /** Post to the base. */
    public Answer process(Bundle bundle) {
        return post("").body(bundle).send();
    }

    /** A search that is expected to succeed. */
    public Bundle search(String query) {
        return get(query).send().expect(200).bundle();
    }

    /** One request in the making. */
    public final class Call {

        private final String verb;
        private final HttpRequest.Builder request;
        private BodyPublisher body = BodyPublishers.noBody();
        private boolean authorized;

        private Call(String verb, String path) {
            this.verb = verb;
            String url = path.startsWith("http") ? path : path.isEmpty() ? base : base + "/" + path;
            this.request = HttpRequest.newBuilder(URI.create(escape(url))).timeout(Duration.ofSeconds(60));
        }

        public Call header(String name, String value) {
            authorized |= name.equalsIgnoreCase("Authorization");
            request.header(name, value);
            return this;
        }

        /** How long to wait for the answer, where a minute is not enough. */
        public Call patience(Duration patience) {
            request.timeout(patience);
            return this;
        }

        public Call body(Resource resource) {
            return body(JSON, jsonParser().encodeResourceToString(resource));
        }

        public Call xml(Resource resource) {
            return body(XML, xmlParser().encodeResourceToString(resource));
        }

        public Call body(String contentType, String text) {
            request.header("Content-Type", contentType);
            body = BodyPublishers.ofString(text);
            return this;
        }

        public Answer send() {
            if (who.token() != null && !authorized) {
                header("Authorization", "Bearer " + who.token());
            }
            try {
                return new Answer(HTTP.send(request.method(verb, body).build(), BodyHandlers.ofByteArray()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        /** A test writes its queries as a person reads them; what a URI cannot hold is escaped here. */
        private String escape(String url) {
            return url.replace(" ", "%20")
                    .replace("|", "%7C")
                    .replace("\"", "%22")
                    .replace("^", "%5E");
        }
    }
}
