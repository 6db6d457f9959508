import Foundation

/// A CSV file with a header. Columns are found by name, so their order and further ones do not matter.
struct BenchmarkTable {
  let file: BenchmarkFile
  let rows: [CSVRecord]
  private let columns: [String: Int]

  init(_ path: String, in data: URL, columns needed: [String]) throws {
    try self.init(BenchmarkFile(path, in: data), columns: needed)
  }

  /// - Throws: `EvaluationError` where a needed column is missing, a row has another number of cells
  ///   than the header, or there is no row.
  init(_ file: BenchmarkFile, columns needed: [String]) throws {
    let records = try CSVRecords.read(file)
    guard let header = records.first else { throw file.damaged(line: nil, "the file is empty") }
    let absent = needed.filter { !header.fields.contains($0) }
    guard absent.isEmpty else {
      throw file.damaged(
        line: header.line,
        "the header lacks \(absent.joined(separator: ", ")) (it has "
          + "\(header.fields.joined(separator: ", ")))")
    }
    for row in records where row.fields.count != header.fields.count {
      throw file.damaged(
        line: row.line,
        "the row has \(row.fields.count) cells but the header has \(header.fields.count)")
    }
    self.file = file
    rows = Array(records.dropFirst())
    columns = Dictionary(
      header.fields.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    guard !rows.isEmpty else {
      throw file.damaged(line: nil, "the file holds a header and no rows")
    }
  }

  /// The cell as it stands. Throws where it is blank.
  func text(_ column: String, _ row: CSVRecord) throws -> String {
    guard let index = columns[column], !row.fields[index].isBlank else {
      throw file.damaged(line: row.line, "the cell \(column) is empty")
    }
    return row.fields[index]
  }
}

extension String {
  var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
