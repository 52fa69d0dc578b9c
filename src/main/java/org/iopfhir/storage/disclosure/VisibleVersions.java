// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.dao.HistoryBuilder;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.model.entity.ResourceHistoryTable;
import ca.uhn.fhir.rest.param.HistorySearchStyleEnum;
import jakarta.persistence.EntityManager;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.Expression;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The versions of a history that are counted and put on pages: those of what may be seen, so that no total and no page
 * tells of others. HAPI offers no place for one more condition but the query that it is about to run.
 */
final class VisibleVersions extends HistoryBuilder {

    private final Disclosures disclosures;
    private boolean isNarrowed;

    VisibleVersions(
            @Nullable String type,
            @Nullable JpaPid resource,
            @Nullable Date from,
            @Nullable Date until,
            Disclosures disclosures) {
        super(type, resource, from, until);
        this.disclosures = disclosures;
    }

    @Override
    public Long fetchCount(RequestPartitionId partition) {
        narrow();
        return super.fetchCount(partition);
    }

    @Override
    public List<ResourceHistoryTable> fetchEntities(
            RequestPartitionId partition, Integer offset, int from, int to, HistorySearchStyleEnum style) {
        narrow();
        return super.fetchEntities(partition, offset, from, to, style);
    }

    private void narrow() {
        Optional<Viewer> viewer = Looking.ofVersions();
        if (viewer.isPresent() && !isNarrowed) {
            isNarrowed = true;
            myEntityManager = narrowed(myEntityManager, viewer.get());
        }
    }

    private EntityManager narrowed(EntityManager all, Viewer viewer) {
        return (EntityManager) Proxy.newProxyInstance(
                EntityManager.class.getClassLoader(), new Class<?>[] {EntityManager.class}, (proxy, method, values) -> {
                    if (values != null && values.length == 1 && values[0] instanceof CriteriaQuery<?> query) {
                        query.where(query.getRestriction(), seen(all, query, viewer));
                    }
                    try {
                        return method.invoke(all, values);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private Predicate seen(EntityManager all, CriteriaQuery<?> query, Viewer viewer) {
        HibernateCriteriaBuilder conditions = (HibernateCriteriaBuilder) all.getCriteriaBuilder();
        Root<?> version = query.getRoots().iterator().next();
        Disclosures.Sql visible = disclosures.condition(viewer, "?");
        List<Expression<?>> values = new ArrayList<>(List.of(version.get("myResourceId")));
        visible.values().forEach(value -> values.add(conditions.literal(value)));
        return conditions.isTrue(
                conditions.sql("(" + visible.text() + ")", Boolean.class, values.toArray(Expression<?>[]::new)));
    }
}
