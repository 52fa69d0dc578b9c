// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;

/** Checks that bytes are text as FHIR wants it. HAPI would put a replacement character for what it cannot read. */
final class Utf8Text {

    private static final byte[] ESCAPED_NUL = "\\u0000".getBytes(StandardCharsets.US_ASCII);

    private Utf8Text() {}

    /**
     * Throw unless {@code body} is UTF-8 from the first byte to the last, and without the character 0: that is in no
     * text of FHIR, and in every one of UTF-16, which Jackson would detect and read while HAPI does not.
     */
    static void check(Body body) {
        for (int at = body.offset(); at < body.offset() + body.length(); at++) {
            if (body.bytes()[at] == 0) {
                throw malformed("The body is not UTF-8 text at byte " + (at - body.offset() + 1));
            }
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer source = ByteBuffer.wrap(body.bytes(), body.offset(), body.length());
        CharBuffer ignored = CharBuffer.allocate(8 * 1024);
        CoderResult result;
        do {
            ignored.clear();
            result = decoder.decode(source, ignored, true);
        } while (result.isOverflow());
        if (result.isError()) {
            throw malformed("The body is not UTF-8 text at byte " + (source.position() - body.offset() + 1));
        }
    }

    /** Throw when JSON escapes the character 0, which FHIR forbids and PostgreSQL cannot store. */
    static void checkNoEscapedNul(Body body) {
        byte[] bytes = body.bytes();
        int end = body.offset() + body.length();
        for (int at = body.offset(); at < end; at++) {
            if (bytes[at] == '\\') {
                if (isEscapedNul(bytes, at, end)) {
                    throw malformed("Text must not contain the character 0, as at byte " + (at - body.offset() + 1));
                }
                // The next byte belongs to this escape, even when it is a backslash.
                at++;
            }
        }
    }

    private static boolean isEscapedNul(byte[] bytes, int from, int end) {
        for (int i = 0; i < ESCAPED_NUL.length; i++) {
            if (from + i >= end || bytes[from + i] != ESCAPED_NUL[i]) {
                return false;
            }
        }
        return true;
    }

    private static RefusedException malformed(String text) {
        return new RefusedException(new Refusal.Malformed(text));
    }
}
