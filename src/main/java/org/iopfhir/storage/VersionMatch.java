// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.param.ParameterUtil;
import ca.uhn.fhir.rest.server.exceptions.PreconditionFailedException;
import org.jspecify.annotations.Nullable;

/**
 * The {@code If-Match} of a request, or of an entry: which version the client has seen.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#concurrency">FHIR R4, managing resource contention</a>
 */
final class VersionMatch {

    private static final String ANY = "*";

    private VersionMatch() {}

    /**
     * The version that {@code request} names.
     *
     * @return {@code null} when it names none, or any ({@code *})
     * @throws PreconditionFailedException when it names something that is no version of this server
     */
    static @Nullable String of(RequestDetails request) {
        String header = request.getHeader(Constants.HEADER_IF_MATCH);
        return header == null ? null : version(header);
    }

    /** The version in an entity tag such as {@code W/"3"}; see {@link #of}. */
    static @Nullable String version(String tag) {
        String version = ParameterUtil.parseETagValue(tag);
        if (version == null || version.isBlank() || version.equals(ANY)) {
            return null;
        }
        if (!version.chars().allMatch(c -> c >= '0' && c <= '9') || version.length() > 9) {
            throw new PreconditionFailedException("If-Match must be the ETag of the current version, such as W/\"3\"");
        }
        return version;
    }
}
