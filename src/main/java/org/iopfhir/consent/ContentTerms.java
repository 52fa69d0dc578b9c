// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

public record ContentTerms(String text) {
    public static ContentTerms parse(String t) {
        return new ContentTerms(t);
    }

    public boolean denies() {
        return text.startsWith("deny");
    }

    public boolean covers(ContentClass c) {
        return true;
    }
}
