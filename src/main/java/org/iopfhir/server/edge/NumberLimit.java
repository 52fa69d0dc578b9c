// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

/**
 * Which numbers are too much to write out. Judges the text: turning {@code 1e999999999} into a BigDecimal is cheap, but
 * HAPI then writes it in plain digits, which takes minutes or all of the memory.
 *
 * @param maxLength   characters of one number
 * @param maxExponent of ten, in either direction
 */
record NumberLimit(int maxLength, int maxExponent) {

    /** Whether all of {@code text} is a number, and one beyond the limits. Other text is none of its business. */
    boolean isExceededBy(CharSequence text) {
        int start = 0;
        int end = text.length();
        while (start < end && Character.isWhitespace(text.charAt(start))) {
            start++;
        }
        while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        int mantissa = skipMantissa(text, skipSign(text, start, end), end);
        if (mantissa < 0) {
            return false;
        }
        if (mantissa == end) {
            return end - start > maxLength;
        }
        char mark = text.charAt(mantissa);
        if (mark != 'e' && mark != 'E') {
            return false;
        }
        long exponent = exponent(text, skipSign(text, mantissa + 1, end), end);
        return exponent >= 0 && (exponent > maxExponent || end - start > maxLength);
    }

    private static int skipSign(CharSequence text, int from, int end) {
        return from < end && (text.charAt(from) == '-' || text.charAt(from) == '+') ? from + 1 : from;
    }

    /** The index after digits with at most one point, or -1 when there is no digit. */
    private static int skipMantissa(CharSequence text, int from, int end) {
        boolean digits = false;
        boolean point = false;
        int at = from;
        while (at < end) {
            char c = text.charAt(at);
            if (Character.isDigit(c)) {
                digits = true;
            } else if (c == '.' && !point) {
                point = true;
            } else {
                break;
            }
            at++;
        }
        return digits ? at : -1;
    }

    /** The size of the exponent, held at a value beyond every limit; -1 when something else follows. */
    private static long exponent(CharSequence text, int from, int end) {
        if (from == end) {
            return -1;
        }
        long size = 0;
        for (int at = from; at < end; at++) {
            // BigDecimal takes the digits of every script.
            int digit = Character.digit(text.charAt(at), 10);
            if (digit < 0) {
                return -1;
            }
            size = Math.min(Integer.MAX_VALUE, size * 10 + digit);
        }
        return size;
    }
}
