// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import org.jspecify.annotations.Nullable;

/** Which page of a search or a history is asked for: {@code count} resources after the first {@code offset}. */
public record Paging(int offset, int count) {

    /**
     * Read it from {@code request}, and write the page size into it: HAPI makes the links from there, and would follow
     * any {@code _count}.
     *
     * @throws InvalidRequestException when {@code _count} or {@code _offset} is not a whole number, 0 or more
     */
    public static Paging of(RequestDetails request, PageSettings pages) {
        int offset = wholeNumber(request, Constants.PARAM_OFFSET, 0);
        int asked = wholeNumber(request, Constants.PARAM_COUNT, pages.standard());
        int count = Math.min(asked, pages.maximum());
        request.addParameter(Constants.PARAM_COUNT, new String[] {Integer.toString(count)});
        return new Paging(offset, count);
    }

    private static int wholeNumber(RequestDetails request, String name, int absent) {
        String value = first(request.getParameters().get(name));
        if (value == null || value.isBlank()) {
            return absent;
        }
        try {
            int number = Integer.parseInt(value.trim());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // answered below, as a negative number is
        }
        throw new InvalidRequestException(name + " must be a whole number, 0 or more");
    }

    private static @Nullable String first(String @Nullable [] values) {
        return values == null || values.length == 0 ? null : values[0];
    }
}
