// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.jpa.api.model.DeleteConflict;
import ca.uhn.fhir.jpa.api.model.DeleteConflictList;
import ca.uhn.fhir.jpa.delete.DeleteConflictOutcome;
import ca.uhn.fhir.model.primitive.IdDt;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Refuses to delete what something refers to that whoever deletes may see; what he may not see neither stands in the way
 * nor is named. A hidden record may so refer to what is deleted: it stays as it is, and what is deleted can be brought
 * back by an update.
 */
@Interceptor
public final class ShownConflicts {

    /** The place of {@code Stage.PROTECT}. */
    private static final int PROTECT = 450;

    /** Of a transaction's own deletions at most so many are passed over. */
    private static final int LOOKED_AT = 200;

    private static final String REFERRING = "select r.RES_TYPE, r.FHIR_ID, l.SRC_PATH from HFJ_RES_LINK l"
            + " join HFJ_RESOURCE t on t.RES_ID = l.TARGET_RESOURCE_ID"
            + " join HFJ_RESOURCE r on r.RES_ID = l.SRC_RESOURCE_ID"
            + " where t.RES_TYPE = ? and t.FHIR_ID = ? and l.TARGET_RESOURCE_VERSION is null and ";

    private final Disclosures disclosures;
    private final JdbcOperations database;

    ShownConflicts(Disclosures disclosures, JdbcOperations database) {
        this.disclosures = disclosures;
        this.database = database;
    }

    @Hook(value = Pointcut.STORAGE_PRESTORAGE_DELETE_CONFLICTS, order = PROTECT)
    public @Nullable DeleteConflictOutcome narrow(DeleteConflictList conflicts, @Nullable RequestDetails request) {
        if (disclosures.viewer(request).isEmpty()) {
            return null;
        }
        List<IdDt> targets = new ArrayList<>();
        for (Iterator<DeleteConflict> each = conflicts.iterator(); each.hasNext(); ) {
            targets.add(each.next().getTargetId().toUnqualifiedVersionless());
            each.remove();
        }
        targets.stream()
                .distinct()
                .flatMap(target -> first(target, conflicts, request).stream())
                .toList()
                .forEach(conflicts::add);
        return null;
    }

    private Optional<DeleteConflict> first(
            IdDt target, DeleteConflictList conflicts, @Nullable RequestDetails request) {
        Disclosures.Sql seen = disclosures.condition("r.RES_ID", "r.RES_TYPE", request);
        List<Object> values = new ArrayList<>(List.of(target.getResourceType(), target.getIdPart()));
        values.addAll(seen.values());
        return database
                .query(
                        REFERRING + seen.text() + " order by l.PID limit " + LOOKED_AT,
                        (row, number) -> new DeleteConflict(
                                new IdDt(row.getString(1), row.getString(2)), row.getString(3), target),
                        values.toArray())
                .stream()
                .filter(conflict -> !conflicts.isResourceIdMarkedForDeletion(conflict.getSourceId()))
                .findFirst();
    }
}
