// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.*;
import org.hl7.fhir.r4.model.*;

public final class ConsentReader {
    public ConsentReading read(Consent c) {
        List<Clause> l = new ArrayList<>();
        if (c.getStatus() == Consent.ConsentState.ACTIVE) {
            boolean deny = c.getProvision().getType() == Consent.ConsentProvisionType.DENY;
            c.getProvision()
                    .getActor()
                    .forEach(a -> c.getProvision()
                            .getPurpose()
                            .forEach(p -> l.add(new Clause(
                                    deny ? Clause.Effect.DENY : Clause.Effect.PERMIT,
                                    String.valueOf(a.getReference().getReference()),
                                    p.getCode(),
                                    Clause.BEGINNING,
                                    c.getProvision().getPeriod().hasEnd()
                                            ? c.getProvision()
                                                    .getPeriod()
                                                    .getEnd()
                                                    .toInstant()
                                            : Clause.FOREVER,
                                    Clause.BEGINNING,
                                    Clause.FOREVER,
                                    new ContentTerms(deny ? "deny" : "permit")))));
        }
        return new ConsentReading(
                c.getIdElement().getIdPart(), String.valueOf(c.getPatient().getReference()), List.of(), l, List.of());
    }
}
