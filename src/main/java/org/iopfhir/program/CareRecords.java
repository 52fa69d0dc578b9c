// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.program;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.Resource;

/** What the rules of this room ask of the other records of a patient, as they are within the running transaction. */
public interface CareRecords {

    /** Those of the references (such as {@code Goal/1}, all of one type) that are stored here. */
    List<Resource> read(Collection<String> references);

    /** All that match a search: parameter names to values; all values of a name must match. */
    List<Resource> find(String type, Map<String, List<String>> search);
}
