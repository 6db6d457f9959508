/// A table as the template shows it: rows in groups, the first cell of each row its heading.
package struct ReportTable: Sendable {
  package let tableCaption: ReportMarkup?
  let columns: [ReportColumn]
  package let groups: [ReportTableGroup]

  init(caption: ReportMarkup? = nil, columns: [ReportColumn], groups: [ReportTableGroup]) {
    tableCaption = caption
    self.columns = columns
    self.groups = groups.map { group in
      ReportTableGroup(
        groupHeading: group.groupHeading, span: columns.count,
        rows: group.rows.map { $0.aligned(columns) })
    }
  }

  init(caption: ReportMarkup? = nil, columns: [ReportColumn], rows: [ReportTableRow]) {
    self.init(caption: caption, columns: columns, groups: [ReportTableGroup(rows: rows)])
  }
}

struct ReportColumn: Sendable {
  let columnHeading: ReportMarkup
  /// Class of the column's cells.
  let alignment: ReportMarkup

  static func text(_ heading: ReportMarkup) -> ReportColumn {
    ReportColumn(columnHeading: heading, alignment: "text")
  }

  /// Digits below each other, at the right.
  static func number(_ heading: ReportMarkup) -> ReportColumn {
    ReportColumn(columnHeading: heading, alignment: "number")
  }
}

package struct ReportTableGroup: Sendable {
  let groupHeading: ReportMarkup?
  let span: Int
  package let rows: [ReportTableRow]

  init(heading: ReportMarkup? = nil, rows: [ReportTableRow]) {
    self.init(groupHeading: heading, span: 0, rows: rows)
  }

  fileprivate init(groupHeading: ReportMarkup?, span: Int, rows: [ReportTableRow]) {
    self.groupHeading = groupHeading
    self.span = span
    self.rows = rows
  }
}

package struct ReportTableRow: Sendable {
  struct Cell: Sendable {
    let cellText: ReportMarkup
    let cellClass: ReportMarkup
  }

  let rowHeading: ReportMarkup
  let cells: [Cell]

  init(_ heading: ReportMarkup, _ cells: [ReportMarkup]) {
    rowHeading = heading
    self.cells = cells.map { Cell(cellText: $0, cellClass: "text") }
  }

  private init(heading: ReportMarkup, cells: [Cell]) {
    rowHeading = heading
    self.cells = cells
  }

  /// Cells in the classes of their columns; the first column is the heading's.
  fileprivate func aligned(_ columns: [ReportColumn]) -> ReportTableRow {
    ReportTableRow(
      heading: rowHeading,
      cells: zip(cells, columns.dropFirst()).map { cell, column in
        Cell(cellText: cell.cellText, cellClass: column.alignment)
      })
  }
}
