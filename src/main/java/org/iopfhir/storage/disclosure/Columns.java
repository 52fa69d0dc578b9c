// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import com.healthmarketscience.sqlbuilder.dbspec.basic.DbColumn;

/** Names a column of a statement that HAPI builds. */
final class Columns {

    private Columns() {}

    static String sql(DbColumn column) {
        return column.getTable().getAlias() + "." + column.getColumnNameSQL();
    }
}
