import Foundation
import PrismEvaluation
import Testing

/// Writes examples for the eyes of a person: the report to the file that PRISM_REPORT_OUT names, and
/// one with crowded charts and long names beside it.
@Suite(
  "Report to look at",
  .enabled(if: ProcessInfo.processInfo.environment["PRISM_REPORT_OUT"] != nil))
struct ReportLookTests {
  @Test("the examples are written", arguments: [false, true])
  func write(isCrowded: Bool) throws {
    let path = try #require(ProcessInfo.processInfo.environment["PRISM_REPORT_OUT"])
    let content = isCrowded ? ReportExample.crowded : ReportExample.content
    let name = isCrowded ? path + ".crowded.html" : path
    try Data(ReportWriter.html(content).utf8).write(to: URL(fileURLWithPath: name))
  }
}
