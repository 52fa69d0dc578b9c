// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.api.dao.IFhirResourceDao;
import ca.uhn.fhir.jpa.dao.tx.IHapiTransactionService;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Records of which nothing is noted that decides who may see them: those that an earlier release has stored. They are
 * hidden from everybody outside until it is.
 */
public final class EarlierRecords {

    private final DaoRegistry daos;
    private final IHapiTransactionService transactions;
    private final JdbcOperations database;

    EarlierRecords(DaoRegistry daos, IHapiTransactionService transactions, JdbcOperations database) {
        this.daos = daos;
        this.transactions = transactions;
        this.database = database;
    }

    /**
     * One of them.
     *
     * @param key     internal, by which they are in order
     * @param version the current one, or the one before the deletion
     */
    public record Earlier(long key, String type, String id, long version, boolean isDeleted) {}

    /** Some of those of {@code types}, at most {@code count}, whose keys are higher than {@code after}. */
    public List<Earlier> some(Collection<String> types, long after, int count) {
        String marks = String.join(", ", Collections.nCopies(types.size(), "?"));
        Object[] values = new Object[types.size() + 1];
        values[0] = after;
        int next = 1;
        for (String type : types) {
            values[next++] = type;
        }
        return database.query(
                "select r.RES_ID, r.RES_TYPE, r.FHIR_ID, r.RES_VER, r.RES_DELETED_AT from HFJ_RESOURCE r"
                        + " where r.RES_ID > ? and r.RES_TYPE in (" + marks + ") and not exists"
                        + " (select 1 from IOP_RECORD v where v.RES_ID = r.RES_ID) order by r.RES_ID limit " + count,
                (row, index) -> {
                    boolean isDeleted = row.getTimestamp("RES_DELETED_AT") != null;
                    long version = row.getLong("RES_VER");
                    return new Earlier(
                            row.getLong("RES_ID"),
                            row.getString("RES_TYPE"),
                            row.getString("FHIR_ID"),
                            isDeleted ? version - 1 : version,
                            isDeleted);
                },
                values);
    }

    /**
     * Do something with one of them in a transaction of its own.
     *
     * @param work is given the resource, and what changes its labels without a new version
     */
    public void with(Earlier earlier, BiConsumer<Resource, Relabel> work) {
        IFhirResourceDao<?> dao = daos.getResourceDao(earlier.type());
        SystemRequestDetails request = new SystemRequestDetails();
        transactions.withRequest(request).execute(() -> {
            IdType id = new IdType(earlier.type(), earlier.id());
            Resource resource = earlier.isDeleted()
                    ? (Resource) dao.read(id.withVersion(Long.toString(earlier.version())), request)
                    : (Resource) dao.read(id, request);
            work.accept(resource, (added, removed) -> {
                dao.metaAddOperation(id, meta(added), request);
                if (!removed.isEmpty()) {
                    dao.metaDeleteOperation(id, meta(removed), request);
                }
            });
        });
    }

    private static Meta meta(List<Coding> labels) {
        Meta meta = new Meta();
        labels.forEach(label -> meta.addSecurity(label.copy()));
        return meta;
    }

    /** Changes the labels of the current version in its place. */
    @FunctionalInterface
    public interface Relabel {
        void change(List<Coding> added, List<Coding> removed);
    }
}
