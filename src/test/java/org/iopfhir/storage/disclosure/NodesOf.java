// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Nodes of a database without the servers around them. */
public final class NodesOf {

    private NodesOf() {}

    /** One more node upon {@code pool}, with the tables if they are not there. */
    public static Nodes another(DataSource pool) {
        DisclosureSchema.bringUpToDate(pool);
        return new Nodes(new JdbcTemplate(pool), DisclosureSchema.maySeveral(pool));
    }

    /** Let all nodes be heard of so many seconds ago. */
    public static void age(DataSource pool, int seconds) {
        new JdbcTemplate(pool).update("update IOP_NODE set SEEN = SEEN - make_interval(secs => ?)", (double) seconds);
    }
}
