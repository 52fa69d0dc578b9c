// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * The nodes that serve one database, and the turns that they pass. A turn is a number that a node draws; another node
 * has passed it when every request has ended there that was running when it saw the number. All times are the
 * database's, so that the clocks of the nodes do not matter.
 */
public final class Nodes {

    /** How long a node counts that is not heard of: it may still be sending what it has read before. */
    public static final Duration LIFE = Duration.ofSeconds(20);

    /** For whoever looks into the table; nobody waits for such a node. */
    private static final String FORGET = "delete from IOP_NODE where SEEN < clock_timestamp() - interval '1 day'";

    private static final String BEAT = """
            insert into IOP_NODE (NODE, SEEN, PASSED) values (?, clock_timestamp(), ?)
            on conflict (NODE) do update set SEEN = clock_timestamp(), PASSED = excluded.PASSED""";

    private static final String BEHIND = """
            select count(*) from IOP_NODE
            where NODE <> ? and PASSED < ? and SEEN > clock_timestamp() - make_interval(secs => ?)""";

    private final JdbcOperations database;
    private final boolean maySeveral;
    private final String own = UUID.randomUUID().toString();

    /** @param maySeveral whether there can be others; H2 belongs to one process */
    Nodes(JdbcOperations database, boolean maySeveral) {
        this.database = database;
        this.maySeveral = maySeveral;
    }

    /** Whether there can be other nodes; if not, nothing else here may be called. */
    public boolean maySeveral() {
        return maySeveral;
    }

    /** Forget nodes that are long gone. */
    public void forgetOld() {
        database.update(FORGET);
    }

    /** This node lives, and has passed a turn. */
    public void beat(long passed) {
        database.update(BEAT, own, passed);
    }

    /** This node discloses nothing any more. */
    public void leave() {
        database.update("delete from IOP_NODE where NODE = ?", own);
    }

    /** The turn that was drawn last. */
    public long turn() {
        return number("select N from IOP_TURN where ID = 1");
    }

    /** Draw a turn, which is higher than all before. */
    public long draw() {
        return number("update IOP_TURN set N = N + 1 where ID = 1 returning N");
    }

    /** Whether every other node that lives has passed {@code turn}. */
    public boolean haveOthersPassed(long turn) {
        Long behind = database.queryForObject(BEHIND, Long.class, own, turn, (double) LIFE.toSeconds());
        return Objects.requireNonNull(behind) == 0;
    }

    private long number(String sql) {
        return Objects.requireNonNull(database.queryForObject(sql, Long.class));
    }
}
