// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.database;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which database holds the resources, chosen by the JDBC URL alone.
 *
 * @param url               JDBC URL of H2 or PostgreSQL
 * @param user              database user
 * @param password          its password, may be empty
 * @param poolSize          connections kept open, at least 2
 * @param connectionTimeout how long a request waits for a connection before it is answered 503
 * @param statementTimeout  how long the database may work on one statement; on H2 the transaction's time is the limit
 * @param transactionTimeout how long one transaction may take in all, such as a Bundle of thousands of entries
 */
@ConfigurationProperties("iop.database")
public record DatabaseSettings(
        @DefaultValue("jdbc:h2:file:./data/iop-fhir") String url,
        @DefaultValue("sa") String user,
        @DefaultValue("") String password,
        @DefaultValue("20") int poolSize,
        @DefaultValue("3s") Duration connectionTimeout,
        @DefaultValue("30s") Duration statementTimeout,
        @DefaultValue("2m") Duration transactionTimeout) {

    /** Longer than the statement timeout, so that a slow statement ends as such, and its connection is kept. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** Of so many connections one is for the entries of batches. */
    private static final int BATCH_SHARE = 4;

    /**
     * What the server insists on, where the URL does not say otherwise. Each commit is written before it is acknowledged,
     * or a killed process loses acknowledged writes. A resource stands in its row: H2 copies what is kept apart for each
     * reader, and writes those copies with the next commit. Each connection keeps the statements of a read or a write,
     * which are more than the eight of H2's default, so that they are not parsed again each time. What the file no longer
     * needs may be written over after 3 seconds, since {@link H2Upkeep} forces it to the disk each second.
     * And it writes no file of its own about errors, since it quotes there what it was given.
     */
    private static final Map<String, String> H2_OPTIONS = new TreeMap<>(Map.of(
            "WRITE_DELAY", "0",
            "DB_CLOSE_ON_EXIT", "FALSE",
            "MAX_LENGTH_INPLACE_LOB", "65536",
            "QUERY_CACHE_SIZE", "32",
            "RETENTION_TIME", "3000",
            "TRACE_LEVEL_FILE", "0"));

    public DatabaseSettings {
        if (!url.startsWith("jdbc:h2:") && !url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    "iop.database.url must be a JDBC URL of H2 (jdbc:h2:...) or PostgreSQL (jdbc:postgresql:...)");
        }
        if (poolSize < 2 || poolSize > 500) {
            throw new IllegalArgumentException("iop.database.pool-size must be between 2 and 500, not " + poolSize);
        }
        requireAtLeast("iop.database.connection-timeout", connectionTimeout, Duration.ofMillis(250));
        requireAtLeast("iop.database.statement-timeout", statementTimeout, Duration.ofSeconds(1));
        requireAtLeast("iop.database.transaction-timeout", transactionTimeout, statementTimeout);
    }

    /** How many requests may be at work at once; the other connections are for entries of batches, and one to spare. */
    public int places() {
        return poolSize - batchThreads();
    }

    /**
     * Threads for the entries of all batches. While they work, the request that brought the batch holds its place and
     * does nothing, so that with one connection for each of both there is always another that nobody holds.
     */
    public int batchThreads() {
        return Math.max(1, poolSize / BATCH_SHARE);
    }

    boolean isH2() {
        return url.startsWith("jdbc:h2:");
    }

    /**
     * The URL with what the server insists on added: see above; PostgreSQL must not put row values into its error messages, which are logged,
     * and a socket that stays silent must be given up, or a database that no longer answers holds every request.
     */
    String effectiveUrl() {
        if (isH2()) {
            String effective = url;
            for (Map.Entry<String, String> option : H2_OPTIONS.entrySet()) {
                effective = withOption(effective, option.getKey(), option.getValue());
            }
            return effective;
        }
        long silence = statementTimeout.plus(GRACE).toSeconds();
        return withParameter(
                withParameter(url, "logServerErrorDetail", "false"), "socketTimeout", Long.toString(silence));
    }

    private static String withParameter(String url, String name, String value) {
        return url.contains(name + "=") ? url : url + (url.contains("?") ? "&" : "?") + name + "=" + value;
    }

    private static String withOption(String url, String option, String value) {
        return url.toUpperCase(java.util.Locale.ROOT).contains(";" + option + "=")
                ? url
                : url + ";" + option + "=" + value;
    }

    private static void requireAtLeast(String name, Duration actual, Duration least) {
        if (actual.compareTo(least) < 0) {
            throw new IllegalArgumentException(name + " must be at least " + least.toMillis() + " ms");
        }
    }
}
