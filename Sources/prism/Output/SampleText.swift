import PrismModel
import PrismPipeline

/// A sample query as people read it: which way it went, and what came back.
struct SampleText {
  private let sample: RoutedSample

  init(_ sample: RoutedSample) { self.sample = sample }

  func show(on printer: Printer) throws {
    let probability = Quantity.decimal(Double(sample.probability), 2)
    try printer.line("")
    try printer.line(
      printer.style.bold("A held-out query for the \(sample.route.rawValue)")
        + " (probability \(probability), persona \(sample.query.persona)):")
    try printer.line("  \(sample.query.text)")
    try printer.line(
      printer.style.dim("  " + sample.answer.split(separator: "\n").joined(separator: " ")))
  }
}
