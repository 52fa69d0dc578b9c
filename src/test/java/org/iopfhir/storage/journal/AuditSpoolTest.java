// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.iopfhir.storage.journal.AuditRows.BY_CONSENT;
import static org.iopfhir.storage.journal.AuditRows.row;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

class AuditSpoolTest {

    @TempDir
    Path folder;

    @Test
    void givesBackWhatWasWritten() throws IOException {
        try (AuditSpool spool = AuditSpool.open(folder, "one", 0, AuditSpool.KEPT)) {
            spool.append(List.of(row("a")), List.of());
            spool.append(List.of(row("b"), row("c")), List.of(BY_CONSENT));

            AuditSpool.Part part = only(spool.after(0));
            assertThat(part.rows()).containsExactly(row("a"), row("b"), row("c"));
            assertThat(part.disclosed()).containsExactly(BY_CONSENT);

            spool.append(List.of(row("d")), List.of());
            assertThat(only(spool.after(part.number())).rows()).containsExactly(row("d"));
            assertThat(spool.after(part.number() + 1)).isEmpty();
        }
    }

    /** The process was killed while it wrote: what was whole counts, and what follows is not lost in what was not. */
    @Test
    void aLineThatWasNotFinishedDoesNotCount() throws IOException {
        try (AuditSpool killed = AuditSpool.open(folder, "one", 0, AuditSpool.KEPT)) {
            killed.append(List.of(row("a")), List.of());
            killed.append(List.of(row("b")), List.of());
        }
        Path file = files().get(0);
        byte[] all = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(all, all.length - 7));

        try (AuditSpool spool = AuditSpool.open(folder, "one", 0, AuditSpool.KEPT)) {
            spool.append(List.of(row("c")), List.of());

            assertThat(spool.after(0).stream().flatMap(part -> part.rows().stream()))
                    .containsExactly(row("a"), row("c"));
        }
    }

    @Test
    void aDamagedLineIsLeftOut() throws IOException {
        try (AuditSpool spool = AuditSpool.open(folder, "one", 0, AuditSpool.KEPT)) {
            spool.append(List.of(row("a")), List.of());
            Files.writeString(files().get(0), "x\n", StandardCharsets.UTF_8, StandardOpenOption.APPEND);
            spool.append(List.of(row("b")), List.of());

            assertThat(only(spool.after(0)).rows()).containsExactly(row("a"), row("b"));
        }
    }

    @Test
    void whatAnotherDatabaseLeftIsNotTaken() throws IOException {
        try (AuditSpool former = AuditSpool.open(folder, "one", 0, AuditSpool.KEPT);
                AuditSpool spool = AuditSpool.open(folder, "two", 0, AuditSpool.KEPT)) {
            former.append(List.of(row("a")), List.of());
            spool.append(List.of(row("b")), List.of());

            assertThat(only(spool.after(0)).rows()).containsExactly(row("b"));
        }
    }

    /** Else its lines would go where nobody finds them. */
    @Test
    void aFileThatWasTakenAwayIsNotWrittenAnyMore() throws IOException {
        try (AuditSpool spool = AuditSpool.open(folder.resolve("deep"), "one", 0, AuditSpool.KEPT)) {
            spool.append(List.of(row("a")), List.of());
            Files.move(folder.resolve("deep"), folder.resolve("away"));

            spool.append(List.of(row("b")), List.of());
            assertThat(only(spool.after(0)).rows()).containsExactly(row("b"));

            Files.move(folder.resolve("deep"), folder.resolve("away too"));
            Files.createFile(folder.resolve("deep"));
            assertThatThrownBy(() -> spool.append(List.of(row("c")), List.of())).isInstanceOf(IOException.class);
        }
    }

    /** Once, whatever is repeated; and what has been moved stays for some seconds, until it is safe in the database. */
    @Test
    void isEmptiedIntoTheDatabase() throws IOException {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl("jdbc:h2:file:" + folder.resolve("data"));
            AuditSchema.bringUpToDate(pool);
            JdbcTemplate database = new JdbcTemplate(pool);
            AuditSpool spool = SpoolMark.spool(pool, AuditSpool.KEPT).orElseThrow();
            AuditFiling filing = AuditFiling.of(database, spool);
            AuditJournal journal = new AuditJournal(database, spool);

            journal.write(List.of(row("a")), List.of(BY_CONSENT));
            filing.file();
            filing.file();
            journal.write(List.of(row("b")));
            filing.close();

            assertThat(database.queryForList("select ID from IOP_AUDIT order by ID", String.class))
                    .containsExactly("a", "b");
            assertThat(database.queryForList("select ID from IOP_DISCLOSURE", String.class))
                    .containsExactly("d1");
            Path spooled = folder.resolve("data.audit");
            assertThat(filesOf(spooled)).hasSize(2);

            AuditFiling.of(database, SpoolMark.spool(pool, Duration.ZERO).orElseThrow())
                    .close();
            assertThat(filesOf(spooled)).isEmpty();
            assertThat(database.queryForObject("select count(*) from IOP_AUDIT", Long.class))
                    .isEqualTo(2);
        }
    }

    /** It tells who is a patient here. */
    @Test
    void isNobodyElsesBusiness() throws IOException {
        try (AuditSpool spool = AuditSpool.open(folder.resolve("own"), "one", 0, AuditSpool.KEPT)) {
            spool.append(List.of(row("a")), List.of());

            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("own"))))
                    .isEqualTo("rwx------");
        }
    }

    private List<Path> files() throws IOException {
        return filesOf(folder);
    }

    private static List<Path> filesOf(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static AuditSpool.Part only(List<AuditSpool.Part> parts) {
        assertThat(parts).hasSize(1);
        return parts.get(0);
    }
}
