// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.OptionalParam;
import ca.uhn.fhir.rest.annotation.Read;
import ca.uhn.fhir.rest.annotation.Search;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.param.StringParam;
import ca.uhn.fhir.rest.param.TokenParam;
import ca.uhn.fhir.rest.param.UriParam;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.SimpleBundleProvider;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.hl7.fhir.r4.model.Enumerations.SearchParamType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.MetadataResource;
import org.jspecify.annotations.Nullable;

/**
 * The artifacts of the IG package, one type of them: read by id, found by canonical URL. They change with a release
 * and not by a client, so there is nothing to write and no history.
 */
public final class PublishedArtifacts<T extends MetadataResource> implements IResourceProvider {

    /** What artifacts can be searched by. */
    public static final Map<String, SearchParamType> SEARCH_PARAMETERS = Map.of(
            "_id", SearchParamType.TOKEN,
            "url", SearchParamType.URI,
            "version", SearchParamType.TOKEN,
            "name", SearchParamType.STRING);

    private final Class<T> type;
    private final Supplier<List<T>> artifacts;

    /** @param artifacts asked for with each request, so that a start reads nothing that nobody asks for */
    public PublishedArtifacts(Class<T> type, Supplier<List<T>> artifacts) {
        this.type = type;
        this.artifacts = artifacts;
    }

    @Override
    public Class<T> getResourceType() {
        return type;
    }

    /** The artifact of this id, or 404. */
    @Read
    public T read(@IdParam IdType id) {
        return artifacts.get().stream()
                .filter(artifact -> hasId(artifact, id.getIdPart()))
                .findFirst()
                .orElseThrow(() -> new ResourceNotFoundException(id));
    }

    @Search
    public IBundleProvider search(
            @OptionalParam(name = "_id") @Nullable TokenParam id,
            @OptionalParam(name = "url") @Nullable UriParam url,
            @OptionalParam(name = "version") @Nullable TokenParam version,
            @OptionalParam(name = "name") @Nullable StringParam name,
            RequestDetails request) {
        List<T> found = artifacts.get().stream()
                .filter(artifact -> id == null || hasId(artifact, id.getValue()))
                .filter(artifact -> url == null || url.getValue().equals(artifact.getUrl()))
                .filter(artifact -> version == null || version.getValue().equals(artifact.getVersion()))
                .filter(artifact -> name == null || startsWith(artifact.getName(), name.getValue()))
                .toList();
        return page(found, request);
    }

    private static boolean hasId(MetadataResource artifact, String id) {
        return artifact.getIdElement().getIdPart().equals(id);
    }

    private static boolean startsWith(String name, String start) {
        return name.toLowerCase(Locale.ROOT).startsWith(start.toLowerCase(Locale.ROOT));
    }

    private static IBundleProvider page(List<? extends MetadataResource> found, RequestDetails request) {
        int offset = Math.min(number(request, "_offset", 0), found.size());
        int count = number(request, "_count", found.size());
        SimpleBundleProvider page =
                new SimpleBundleProvider(found.subList(offset, Math.min(found.size(), offset + count)));
        page.setCurrentPageOffset(offset);
        page.setCurrentPageSize(count);
        page.setSize(found.size());
        return page;
    }

    private static int number(RequestDetails request, String parameter, int absent) {
        String[] values = request.getParameters().get(parameter);
        if (values == null || values.length == 0) {
            return absent;
        }
        if (!values[0].matches("\\d{1,6}")) {
            throw new InvalidRequestException(parameter + " must be a whole number, 0 or more");
        }
        return Integer.parseInt(values[0]);
    }
}
