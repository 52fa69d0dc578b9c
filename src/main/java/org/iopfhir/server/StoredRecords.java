// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.attendance.SessionRecords;
import org.iopfhir.program.CareRecords;
import org.iopfhir.storage.RecordFinder;

/** Gives the rules of each room the records that are stored, during one check. */
record StoredRecords(RecordFinder.Found found) implements CareRecords, SessionRecords {

    @Override
    public List<Resource> read(Collection<String> references) {
        return found.read(references);
    }

    @Override
    public List<Resource> find(String type, Map<String, List<String>> search) {
        return found.find(type, search);
    }
}
