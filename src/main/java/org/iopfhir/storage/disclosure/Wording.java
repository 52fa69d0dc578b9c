// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The few different contents of records and terms of clauses, and which terms let which content pass. That question is
 * asked once for each pair, in words, when the second of the two comes up; a query then only looks the answer up.
 */
final class Wording {

    /** Characters of the hash that stands for a text. */
    private static final int LENGTH = 22;

    private final JdbcOperations database;

    /** Terms first. */
    private final BiPredicate<String, String> passes;

    /** Texts that are stored for certain, and so need not be asked for. */
    private final Map<String, Boolean> known = new ConcurrentHashMap<>();

    Wording(JdbcOperations database, BiPredicate<String, String> passes) {
        this.database = database;
        this.passes = passes;
    }

    /** What stands for a text in the tables. */
    static String id(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().encodeToString(hash).substring(0, LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Store what is new, within the running transaction. */
    void learn(Collection<String> contents, Collection<String> terms) {
        Set<String> newContents = unknown(contents, "c");
        Set<String> newTerms = unknown(terms, "t");
        if (newContents.isEmpty() && newTerms.isEmpty()) {
            return;
        }
        // Two transactions that each bring one half of a pair must not pass each other unseen.
        database.update("update IOP_TERMS_LOCK set N = N + 1 where ID = 1");
        Map<String, String> allContents = texts("IOP_CONTENT");
        Map<String, String> allTerms = texts("IOP_TERMS");
        newContents.removeIf(text -> allContents.containsKey(id(text)));
        newTerms.removeIf(text -> allTerms.containsKey(id(text)));
        add("IOP_CONTENT", newContents, allContents);
        add("IOP_TERMS", newTerms, allTerms);
        List<Object[]> pairs = new ArrayList<>();
        allTerms.forEach((termsId, said) -> allContents.forEach((contentId, content) -> {
            boolean isNew = newTerms.contains(said) || newContents.contains(content);
            if (isNew && passes.test(said, content)) {
                pairs.add(new Object[] {termsId, contentId});
            }
        }));
        if (!pairs.isEmpty()) {
            database.batchUpdate("insert into IOP_PASS (TERMS, CONTENT) values (?, ?)", pairs);
        }
        rememberAfterCommit(contents, terms);
    }

    private Set<String> unknown(Collection<String> texts, String kind) {
        Set<String> unknown = new LinkedHashSet<>(texts);
        unknown.removeIf(text -> known.containsKey(kind + text));
        return unknown;
    }

    private Map<String, String> texts(String table) {
        Map<String, String> texts = new ConcurrentHashMap<>();
        database.query("select ID, SAYS from " + table, row -> {
            texts.put(row.getString(1), row.getString(2));
        });
        return texts;
    }

    private void add(String table, Set<String> fresh, Map<String, String> all) {
        for (String text : fresh) {
            database.update("insert into " + table + " (ID, SAYS) values (?, ?)", id(text), text);
            all.put(id(text), text);
        }
    }

    private void rememberAfterCommit(Collection<String> contents, Collection<String> terms) {
        List<String> stored = new ArrayList<>();
        contents.forEach(text -> stored.add("c" + text));
        terms.forEach(text -> stored.add("t" + text));
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                stored.forEach(text -> known.put(text, true));
            }
        });
    }
}
