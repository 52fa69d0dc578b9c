// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.model.util.JpaConstants;
import java.util.UUID;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Resource;
import org.jspecify.annotations.Nullable;

/**
 * The ids that this server gives. They are UUIDs of version 8, a form that no client may give to anything new: so an
 * answer about an id of this form is the same whether a hidden record has it or nothing. A client that keeps its own ids
 * may give any other, also the UUIDs that are usual.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9562#section-5.8">RFC 9562, UUID version 8</a>
 */
public final class ServerIds {

    private static final Pattern FORM =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");

    private static final int VERSION = 14;

    private ServerIds() {}

    /** Whether {@code id} has the form of those that this server gives. */
    public static boolean isGiven(@Nullable String id) {
        return id != null && FORM.matcher(id).matches();
    }

    /** An id that nothing has. */
    static String next() {
        String random = UUID.randomUUID().toString();
        return random.substring(0, VERSION) + '8' + random.substring(VERSION + 1);
    }

    /** Say which id {@code resource} gets, if it is created without one. */
    static void giveTo(Resource resource) {
        resource.setUserData(JpaConstants.RESOURCE_ID_SERVER_ASSIGNED_VALUE, next());
    }

    /** The same for whatever {@code bundle} creates. */
    static void giveTo(Bundle bundle) {
        for (BundleEntryComponent entry : bundle.getEntry()) {
            if (entry.getRequest().getMethod() == HTTPVerb.POST && entry.hasResource()) {
                giveTo(entry.getResource());
            }
        }
    }
}
