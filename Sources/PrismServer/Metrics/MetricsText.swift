/// Families of samples in Prometheus' text format 0.0.4.
struct MetricsText {
  private var lines: [String] = []

  mutating func family(_ name: String, _ kind: String, _ help: String, _ samples: [String]) {
    lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(kind)"] + samples
  }

  var text: String { lines.joined(separator: "\n") + "\n" }
}
