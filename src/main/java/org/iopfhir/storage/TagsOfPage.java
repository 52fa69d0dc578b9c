// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.dao.ResourceMetadataExtractorSvcImpl;
import ca.uhn.fhir.jpa.dao.data.IResourceHistoryProvenanceDao;
import ca.uhn.fhir.jpa.dao.data.IResourceHistoryTagDao;
import ca.uhn.fhir.jpa.dao.data.IResourceTagDao;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.model.entity.BaseTag;
import ca.uhn.fhir.jpa.model.entity.ResourceHistoryTable;
import ca.uhn.fhir.jpa.model.entity.ResourceHistoryTag;
import ca.uhn.fhir.jpa.model.entity.TagDefinition;
import ca.uhn.fhir.jpa.model.entity.TagTypeEnum;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Reads the profiles and labels of the resources of a page. HAPI makes an entity of each label of each resource, of which
 * this server gives five to nearly all; here each label is read once for the page.
 */
final class TagsOfPage extends ResourceMetadataExtractorSvcImpl {

    /** By their numbers in HAPI's table. */
    private static final List<TagTypeEnum> TYPES =
            List.of(TagTypeEnum.TAG, TagTypeEnum.PROFILE, TagTypeEnum.SECURITY_LABEL);

    private final JdbcOperations database;

    /** @param database in the transaction in which the page is read */
    TagsOfPage(
            JpaStorageSettings settings,
            IResourceHistoryTagDao historyTags,
            IResourceTagDao tags,
            IResourceHistoryProvenanceDao provenances,
            JdbcOperations database) {
        super(settings, historyTags, tags, provenances);
        this.database = database;
    }

    @Override
    public Map<JpaPid, Collection<BaseTag>> getTagsBatch(Collection<ResourceHistoryTable> page) {
        Map<Long, ResourceHistoryTable> versions = new HashMap<>();
        page.stream()
                .filter(ResourceHistoryTable::isHasTags)
                .forEach(version -> versions.put(version.getId().getId(), version));
        if (versions.isEmpty()) {
            return Map.of();
        }
        Map<Long, List<ResourceHistoryTable>> tagged = new HashMap<>();
        database.query(
                "select RES_VER_PID, TAG_ID from HFJ_HISTORY_TAG where RES_VER_PID in " + marks(versions),
                row -> {
                    tagged.computeIfAbsent(row.getLong("TAG_ID"), any -> new ArrayList<>())
                            .add(versions.get(row.getLong("RES_VER_PID")));
                },
                versions.keySet().toArray());
        return tagged.isEmpty() ? Map.of() : byResource(tagged);
    }

    private Map<JpaPid, Collection<BaseTag>> byResource(Map<Long, List<ResourceHistoryTable>> tagged) {
        Map<JpaPid, Collection<BaseTag>> tags = new HashMap<>();
        database.query(
                "select * from HFJ_TAG_DEF where TAG_ID in " + marks(tagged),
                row -> {
                    TagDefinition definition = definition(row);
                    for (ResourceHistoryTable version : tagged.getOrDefault(row.getLong("TAG_ID"), List.of())) {
                        tags.computeIfAbsent(version.getResourceId(), any -> new ArrayList<>())
                                .add(new ResourceHistoryTag(version, definition, version.getPartitionId()));
                    }
                },
                tagged.keySet().toArray());
        return tags;
    }

    private static TagDefinition definition(ResultSet row) throws SQLException {
        TagDefinition definition = new TagDefinition(
                TYPES.get(row.getInt("TAG_TYPE")),
                row.getString("TAG_SYSTEM"),
                row.getString("TAG_CODE"),
                row.getString("TAG_DISPLAY"));
        definition.setVersion(row.getString("TAG_VERSION"));
        boolean isSelected = row.getBoolean("TAG_USER_SELECTED");
        definition.setUserSelected(row.wasNull() ? null : isSelected);
        return definition;
    }

    private static String marks(Map<Long, ?> keys) {
        return "(" + String.join(", ", Collections.nCopies(keys.size(), "?")) + ")";
    }
}
