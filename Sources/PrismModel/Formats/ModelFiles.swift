import Foundation

/// A model on disk, opened and checked: a GGUF file or a Hugging Face folder.
package struct ModelFiles: Sendable {
  package let path: String
  package let configuration: ModelConfiguration
  package let weights: any TensorSource
  package let tokenizer: any Tokenizer
  /// The model's own Jinja source; nil when it brings none.
  package let chatTemplate: String?
  /// SHA-256 (hex) over the configuration, every tensor's name, shape, type and first 4 KiB, and
  /// the tokenizer's fingerprint.
  package let fingerprint: String
  package let summary: ModelSummary

  /// Throws `ModelError`: `.unreadable` for what is no model, `.malformed`, `.unsupported`, and
  /// `.problems` listing everything wrong at once.
  package static func open(_ path: String) throws -> ModelFiles {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ModelError.unreadable(path: path, reason: "there is no such file or folder")
    }
    return isFolder.boolValue ? try openFolder(path) : try openFile(path)
  }

  private static func openFile(_ path: String) throws -> ModelFiles {
    let file = try MappedFile(path: path)
    guard GGUFFile.isGGUF(file) else {
      throw ModelError.unreadable(path: path, reason: notGGUF(file))
    }
    let gguf = try GGUFFile(file)
    let configuration = try gguf.configuration()
    let weights = try GGUFTensorSource(gguf, configuration: configuration)
    let tokenizer = try TokenizerReader.fromGGUF(metadata: gguf.metadata, path: path)
    let template = gguf.metadata["tokenizer.chat_template"]?.text
    let records = gguf.tensors.map { tensor in
      TensorRecord(
        name: tensor.name, shape: tensor.shape, type: tensor.type.name,
        bytes: gguf.bytes(of: tensor))
    }
    return try withExtendedLifetime(gguf) {
      ModelFiles(
        path: path, configuration: configuration, weights: weights, tokenizer: tokenizer,
        chatTemplate: template,
        fingerprint: try ModelFingerprint.make(
          configuration, tensors: records, tokenizer: tokenizer),
        summary: ModelSummary(
          format: "GGUF version \(gguf.version)", configuration: configuration, tensors: records,
          fileBytes: file.count, hasChatTemplate: template != nil))
    }
  }

  private static func notGGUF(_ file: MappedFile) -> String {
    if file.count == 0 { return "the file is empty; perhaps a download was interrupted" }
    let unfinished = [".part", ".partial", ".incomplete", ".crdownload", ".download", ".tmp"]
    if unfinished.contains(where: { file.path.hasSuffix($0) }) {
      return "it is an unfinished download"
    }
    if file.path.hasSuffix(".safetensors") {
      return
        "a safetensors file alone is no model; give its folder, with config.json and tokenizer.json"
    }
    return "it is neither a GGUF file nor a folder with config.json"
  }

  private static func openFolder(_ path: String) throws -> ModelFiles {
    let folder = URL(fileURLWithPath: path, isDirectory: true)
    let configPath = folder.appendingPathComponent(ConfigurationJSON.fileName).path
    guard FileManager.default.fileExists(atPath: configPath) else {
      throw ModelError.unreadable(path: path, reason: try noConfiguration(path))
    }
    let configuration = try ConfigurationJSON.read(path: configPath)
    let weights = try SafetensorsSource(folder: path, configuration: configuration)
    let tokenizer = try TokenizerReader.fromHuggingFace(folder: path)
    let template = try ChatTemplateFile.read(folder: folder)
    guard tokenizer.vocabularyCount <= configuration.vocabularySize else {
      throw ModelError.problems(
        path: path,
        [
          "the vocabulary has \(tokenizer.vocabularyCount) tokens but the embedding only \(configuration.vocabularySize) rows"
        ])
    }
    let records = try weights.tensorNames.map { name in
      TensorRecord(
        name: name, shape: try weights.shape(of: name), type: try weights.type(of: name).rawValue,
        bytes: try weights.bytes(of: name))
    }
    return try withExtendedLifetime(weights) {
      ModelFiles(
        path: path, configuration: configuration, weights: weights, tokenizer: tokenizer,
        chatTemplate: template,
        fingerprint: try ModelFingerprint.make(
          configuration, tensors: records, tokenizer: tokenizer),
        summary: ModelSummary(
          format: "Hugging Face folder", configuration: configuration, tensors: records,
          fileBytes: weights.files.reduce(0) { $0 + $1.file.count },
          hasChatTemplate: template != nil))
    }
  }

  private static func noConfiguration(_ path: String) throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    if names.isEmpty { return "the folder is empty" }
    if let gguf = names.first(where: { $0.hasSuffix(".gguf") }) {
      return "the folder holds no config.json; did you mean the file \(gguf) in it?"
    }
    return "the folder holds no config.json, so it is no Hugging Face model"
  }
}
