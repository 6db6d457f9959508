import Foundation
import PrismEvaluation
import Testing

@Suite("IFEval: the benchmark's own file")
struct InstructionDataTests {
  private static let folder = ProcessInfo.processInfo.environment["PRISM_BENCHMARK_DATA"]

  @Test("all 834 instructions of the 541 prompts can be checked", .enabled(if: folder != nil))
  func allInstructions() throws {
    let file = URL(filePath: try #require(Self.folder)).appending(path: "ifeval/input_data.jsonl")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 541)
    var identifiers: [String] = []
    for line in lines {
      let object = try #require(
        JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let names = try #require(object["instruction_id_list"] as? [String])
      let arguments = try #require(object["kwargs"] as? [[String: Any]])
      #expect(names.count == arguments.count)
      for (name, values) in zip(names, arguments) {
        let json = try JSONSerialization.data(withJSONObject: values)
        let check = try InstructionCheck(
          identifier: name, arguments: String(decoding: json, as: UTF8.self))
        #expect(!check.isFollowed(by: ""))
        identifiers.append(name)
      }
    }
    #expect(identifiers.count == 834)
    #expect(Set(identifiers) == Set(InstructionCheck.identifiers))
  }
}
