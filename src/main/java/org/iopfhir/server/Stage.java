// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

/**
 * The order in which a request is worked on inside HAPI. Each hook takes its place from here, so that the order of the
 * whole is read in one file; a test asserts that no hook stands anywhere else.
 */
public enum Stage {
    /** Give the request an id and note what is asked of what. */
    IDENTIFY(Order.IDENTIFY),
    /** Ask who is asking, and whether he may at all. */
    ADMIT(Order.ADMIT),
    /** Narrow a search to what its caller reaches. */
    NARROW(Order.NARROW),
    /** Bring a resource that is about to be stored into the form in which it is stored; hold back a wrong deletion. */
    PREPARE(Order.PREPARE),
    /** Keep what a caller does not reach from being read, changed, or named. */
    PROTECT(Order.PROTECT),
    /** Give a resource the security labels with which it is stored, and say on the way out on which rule they rest. */
    LABEL(Order.LABEL),
    /** Check a resource that is about to be stored, however it came here. */
    VALIDATE(Order.VALIDATE),
    /** Take out of a resource what is kept apart from the record. */
    SEPARATE(Order.SEPARATE),
    /** Compare what is written with other records, before anything of it is committed. */
    COMPARE(Order.COMPARE),
    /** Note what decides who may see what is written. */
    INDEX(Order.INDEX),
    /** Let end what rests on consents that have changed. */
    SETTLE(Order.SETTLE),
    /** Ask once more what permits an answer to leave the program. */
    RELEASE(Order.RELEASE),
    /** Write down who saw or did what, before it leaves or is committed; last, so that it is what really happens. */
    RECORD(Order.RECORD),
    /** Say no, in words that help and that tell nothing of the inside. */
    TRANSLATE_FAILURE(Order.TRANSLATE_FAILURE),
    /** Let an answer wait until its time tells nothing. */
    EVEN(Order.EVEN),
    /** Let what many records of an answer say alike be encoded once; nobody looks at the answer after it. */
    SHORTEN(Order.SHORTEN);

    private final int order;

    Stage(int order) {
        this.order = order;
    }

    /** The place in HAPI's order of hooks, lower first. */
    public int order() {
        return order;
    }

    /** The same numbers as constants, since an annotation takes no less. */
    static final class Order {
        static final int IDENTIFY = 100;
        static final int ADMIT = 200;
        static final int NARROW = 300;
        static final int PREPARE = 400;
        static final int PROTECT = 450;
        static final int LABEL = 475;
        static final int VALIDATE = 500;
        static final int SEPARATE = 550;
        static final int COMPARE = 600;
        static final int INDEX = 700;
        static final int SETTLE = 725;
        static final int RELEASE = 750;
        static final int RECORD = 800;
        static final int TRANSLATE_FAILURE = 900;
        static final int EVEN = 950;
        static final int SHORTEN = 975;

        private Order() {}
    }
}
