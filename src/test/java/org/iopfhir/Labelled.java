// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Resource;

/** Gives resources security labels, and reads those that they have. */
final class Labelled {

    static final String CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
    static final String ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    /** What each record of a program carries. */
    static final String[] OF_PROGRAM = {"R", "SUD", "42CFRPart2", "PERSISTLABEL"};

    private Labelled() {}

    static <T extends Resource> T labelled(T resource, String... codes) {
        for (String code : codes) {
            resource.getMeta().addSecurity(code.length() == 1 ? CONFIDENTIALITY : ACT_CODE, code, null);
        }
        return resource;
    }

    static List<String> codes(Resource resource) {
        return resource.getMeta().getSecurity().stream().map(Coding::getCode).toList();
    }

    /** {@code labels}, whose first is the confidentiality, and what else every record carries. */
    static List<String> withThoseOfTheProgram(String labels) {
        List<String> all = new ArrayList<>(List.of(labels.split(" ")));
        Arrays.stream(OF_PROGRAM).skip(1).forEach(all::add);
        return all;
    }

    static String basis(Resource resource) {
        Coding label = resource.getMeta().getSecurity(ACT_CODE, "42CFRPart2");
        return ((Coding) label.getExtensionByUrl(
                                "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-sec-label-basis")
                        .getValue())
                .getCode();
    }
}
