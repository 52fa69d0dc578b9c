// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.entity.BaseResourceIndexedSearchParam;
import ca.uhn.fhir.jpa.model.entity.ResourceIndexedSearchParamToken;
import ca.uhn.fhir.parser.IJsonLikeParser;
import ca.uhn.fhir.parser.json.JsonLikeStructure;
import ca.uhn.fhir.parser.json.jackson.JacksonStructure;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry.SearchParamLookupContextEnum;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Reads current versions straight from HAPI's tables, each question by one statement. A search by HAPI builds its
 * statement anew, reads what it found by a second one and its tags by a third; rules ask on every write, so that this
 * was most of what a write cost.
 */
final class CurrentVersions {

    /** More than a course of treatment has of anything; a rule that would need more could not be answered in time. */
    private static final String AT_MOST = "1000";

    /** The version by a query of its own and not by a join, which H2 may begin with all versions of everything. */
    private static final String SELECT = """
            select r.FHIR_ID,
                (select v.RES_TEXT_VC from HFJ_RES_VER v where v.RES_ID = r.RES_ID and v.RES_VER = r.RES_VER)
            from HFJ_RESOURCE r
            """;

    private static final String BY_ID = SELECT + " where r.RES_DELETED_AT is null and r.RES_TYPE = ? and r.FHIR_ID = ?";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final FhirContext fhir;
    private final ISearchParamRegistry registry;
    private final JdbcOperations database;

    CurrentVersions(FhirContext fhir, ISearchParamRegistry registry, JdbcOperations database) {
        this.fhir = fhir;
        this.registry = registry;
        this.database = database;
    }

    /** Return those of the ids that are stored and not deleted, without narrative, meta and notes. */
    List<Resource> read(String type, List<String> ids) {
        // Not one condition upon a list: H2 would look at all resources of the type.
        String statement = String.join(" union all ", Collections.nCopies(ids.size(), BY_ID));
        Object[] values = ids.stream().flatMap(id -> Stream.of(type, id)).toArray();
        return ids.isEmpty() ? List.of() : run(type, statement, values);
    }

    /**
     * Return what matches, oldest first, without narrative, meta and notes.
     *
     * @param search parameter names to values that must all match: local references, tokens, or instants after the
     *               prefix {@code ge} or {@code lt}; {@code _count} limits how many are returned
     */
    List<Resource> find(String type, Map<String, List<String>> search) {
        Statement statement = new Statement();
        search.forEach((name, values) -> {
            if (!name.equals("_count")) {
                condition(type, name, values, statement);
            }
        });
        int limit =
                Integer.parseInt(search.getOrDefault("_count", List.of(AT_MOST)).get(0));
        String sql = SELECT + statement.joins
                + " where r.RES_DELETED_AT is null and r.RES_TYPE = ? order by r.RES_ID limit ";
        List<Object> values = new ArrayList<>(statement.ofJoins);
        values.add(type);
        return run(type, sql + limit, values.toArray());
    }

    private void condition(String type, String name, List<String> values, Statement statement) {
        RuntimeSearchParam parameter = Objects.requireNonNull(
                registry.getActiveSearchParam(type, name, SearchParamLookupContextEnum.ALL), name);
        switch (parameter.getParamType()) {
            case REFERENCE ->
                values.forEach(value -> statement.refersTo(value, parameter.getPathsSplitForResourceType(type)));
            case TOKEN -> values.forEach(value -> statement.hasToken(type, name, value));
            case DATE -> statement.isAt(type, name, values);
            default -> throw new IllegalArgumentException(name);
        }
    }

    private List<Resource> run(String type, String statement, Object[] values) {
        IJsonLikeParser parser = (IJsonLikeParser) fhir.newJsonParser();
        Class<? extends Resource> kind =
                fhir.getResourceDefinition(type).getImplementingClass().asSubclass(Resource.class);
        Map<String, Resource> found = new LinkedHashMap<>();
        database.query(
                statement,
                row -> {
                    String id = row.getString(1);
                    if (!found.containsKey(id)) {
                        Resource resource = parser.parseResource(kind, withoutTrimmings(row.getString(2)));
                        resource.setId(type + "/" + id);
                        found.put(id, resource);
                    }
                },
                values);
        return List.copyOf(found.values());
    }

    /** No rule looks at these, and to read a narrative costs HAPI as much as to read all the rest of a resource. */
    private static JsonLikeStructure withoutTrimmings(String json) {
        try {
            ObjectNode content = (ObjectNode) JSON.readTree(json);
            content.remove(List.of("text", "meta", "note"));
            JacksonStructure structure = new JacksonStructure();
            structure.setNativeObject(content);
            return structure;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A stored resource is no JSON", e);
        }
    }

    /** The growing parts of a statement: a join for each condition upon an index of HAPI. */
    private static final class Statement {
        private static final PartitionSettings UNDIVIDED = new PartitionSettings();
        private static final String TARGET =
                "(select t.RES_ID from HFJ_RESOURCE t where t.RES_TYPE = ? and t.FHIR_ID = ?)";

        private final StringBuilder joins = new StringBuilder();
        private final List<Object> ofJoins = new ArrayList<>();
        private int count;

        void refersTo(String reference, Collection<String> paths) {
            int slash = reference.indexOf('/');
            String link = "l" + count++;
            joins.append(" join HFJ_RES_LINK ")
                    .append(link)
                    .append(" on r.RES_ID = ")
                    .append(link);
            joins.append(".SRC_RESOURCE_ID and ")
                    .append(link)
                    .append(".SRC_PATH in ")
                    .append(marks(paths));
            // Not one more join: H2 tries every order of the joins whenever it prepares a statement.
            joins.append(" and ").append(link).append(".TARGET_RESOURCE_ID = ").append(TARGET);
            ofJoins.addAll(paths);
            ofJoins.add(reference.substring(0, slash));
            ofJoins.add(reference.substring(slash + 1));
        }

        /** @param alternatives codes, or systems and codes, with commas between them */
        void hasToken(String type, String name, String alternatives) {
            List<Long> hashes = new ArrayList<>();
            boolean isWithSystem = alternatives.contains("|");
            for (String token : alternatives.split(",", -1)) {
                int bar = token.indexOf('|');
                hashes.add(
                        isWithSystem
                                ? ResourceIndexedSearchParamToken.calculateHashSystemAndValue(
                                        UNDIVIDED,
                                        RequestPartitionId.allPartitions(),
                                        type,
                                        name,
                                        token.substring(0, bar),
                                        token.substring(bar + 1))
                                : ResourceIndexedSearchParamToken.calculateHashValue(
                                        UNDIVIDED, RequestPartitionId.allPartitions(), type, name, token));
            }
            String index = "s" + count++;
            joins.append(" join HFJ_SPIDX_TOKEN ")
                    .append(index)
                    .append(" on r.RES_ID = ")
                    .append(index);
            joins.append(".RES_ID and ").append(index).append(isWithSystem ? ".HASH_SYS_AND_VALUE" : ".HASH_VALUE");
            joins.append(" in ").append(marks(hashes));
            ofJoins.addAll(hashes);
        }

        void isAt(String type, String name, List<String> bounds) {
            String index = "d" + count++;
            joins.append(" join HFJ_SPIDX_DATE ")
                    .append(index)
                    .append(" on r.RES_ID = ")
                    .append(index);
            joins.append(".RES_ID and ").append(index).append(".HASH_IDENTITY = ?");
            ofJoins.add(BaseResourceIndexedSearchParam.calculateHashIdentity(
                    UNDIVIDED, RequestPartitionId.allPartitions(), type, name));
            for (String bound : bounds) {
                boolean isFrom = bound.startsWith("ge");
                joins.append(" and ").append(index).append(isFrom ? ".SP_VALUE_HIGH >= ?" : ".SP_VALUE_LOW < ?");
                ofJoins.add(Timestamp.from(Instant.parse(bound.substring(2))));
            }
        }

        private static String marks(Collection<?> values) {
            return "(" + String.join(",", Collections.nCopies(values.size(), "?")) + ")";
        }
    }
}
