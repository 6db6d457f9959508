import PrismBenchmark

/// A benchmark as people read it: one line a figure, beside what the machine can do at best.
struct BenchText {
  private let report: BenchmarkReport

  init(_ report: BenchmarkReport) { self.report = report }

  func show(on printer: Printer) throws {
    let threads = "\(report.threads) thread\(report.threads == 1 ? "" : "s")"
    let heading = [report.model, report.weights, threads, report.cpu].compactMap { $0 }
    try printer.line(printer.style.bold(heading.joined(separator: ", ")))
    for line in lines { try printer.line("  " + line) }
    try printer.table([
      ("at best", ceiling),
      ("loading", Quantity.decimal(report.loadSeconds, 2) + " s"),
      ("first token", Quantity.decimal(report.timeToFirstToken, 2) + " s, model loaded and read"),
      ("memory", report.peakResidentBytes.map { "at most " + Quantity.bytes($0) } ?? "not known"),
    ])
  }

  private var ceiling: String {
    let ceiling = report.ceiling
    let bf16 = ceiling.bf16GFLOPS.map { "bf16 \(Quantity.decimal($0, 0)) GFLOP/s, " } ?? ""
    return bf16 + "fp32 \(Quantity.decimal(ceiling.fp32GFLOPS, 0)) GFLOP/s, "
      + "memory \(Quantity.decimal(ceiling.readGBps, 1)) GB/s"
  }

  /// Columns under one another: name, figure, unit, arithmetic, weights read, share of the ceiling.
  private var lines: [String] {
    let rows = report.keys.compactMap(row)
    let widths = (0..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let gap = String(repeating: " ", count: widths[column] - cell.count)
        // Names and units start together, numbers end together.
        return column == 0 || column == 2 ? cell + gap : gap + cell
      }.filter { !$0.isEmpty }.joined(separator: "  ").trimmingEnd
    }
  }

  private func row(_ key: BenchmarkKey) -> [String]? {
    guard let value = report.values[key], let detail = report.details[key] else { return nil }
    return [
      key.name, Quantity.decimal(value, value < 10 ? 3 : value < 1000 ? 1 : 0), detail.unit,
      detail.gflops.map { Quantity.decimal($0, 0) + " GFLOP/s" } ?? "",
      detail.gbps.map { Quantity.decimal($0, 1) + " GB/s" } ?? "",
      detail.shareOfCeiling.map {
        "\(Quantity.decimal(100 * $0, 0)) % of the \(detail.ceiling?.rawValue ?? "") ceiling"
      } ?? "",
    ]
  }
}

extension String {
  fileprivate var trimmingEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
