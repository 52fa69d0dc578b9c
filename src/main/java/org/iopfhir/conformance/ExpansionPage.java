// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.util.List;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.ValueSet;
import org.hl7.fhir.r4.model.ValueSet.ValueSetExpansionContainsComponent;
import org.jspecify.annotations.Nullable;

/** The part of an expansion that a client asked for by {@code offset} and {@code count}. */
final class ExpansionPage {

    private ExpansionPage() {}

    /** A copy of {@code expanded} that holds that part, and says how many codes there are in all. */
    static ValueSet of(ValueSet expanded, @Nullable IntegerType offset, @Nullable IntegerType count) {
        ValueSet page = expanded.copy();
        List<ValueSetExpansionContainsComponent> all = page.getExpansion().getContains();
        int from = Math.min(number("offset", offset, 0), all.size());
        int to = (int) Math.min(all.size(), (long) from + number("count", count, all.size()));
        page.getExpansion().setTotal(all.size()).setOffset(from).setContains(List.copyOf(all.subList(from, to)));
        return page;
    }

    private static int number(String name, @Nullable IntegerType given, int absent) {
        if (given == null || given.getValue() == null) {
            return absent;
        }
        if (given.getValue() < 0) {
            throw new InvalidRequestException(name + " must be 0 or more");
        }
        return given.getValue();
    }
}
