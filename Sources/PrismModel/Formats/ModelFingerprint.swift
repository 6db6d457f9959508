import Crypto
import Foundation

/// Tells models apart without reading all their weights.
enum ModelFingerprint {
  /// Bytes of each tensor that count.
  private static let sampleBytes = 4096

  /// SHA-256, hex, over the configuration, every tensor's name, shape, type and first bytes, and
  /// the tokenizer's fingerprint. The order of tensors in the file does not matter.
  static func make(
    _ configuration: ModelConfiguration, tensors: [TensorRecord], tokenizer: any Tokenizer
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var hash = SHA256()
    update(&hash, Array(try encoder.encode(configuration)))
    for tensor in tensors.sorted(by: { $0.name < $1.name }) {
      update(&hash, Array("\(tensor.name) \(tensor.shape) \(tensor.type)".utf8))
      update(&hash, Array(tensor.bytes.prefix(sampleBytes)))
    }
    update(&hash, Array(tokenizer.fingerprint.utf8))
    let digits = Array("0123456789abcdef")
    return String(hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// The length goes before the bytes, so that no two lists of parts are alike.
  private static func update(_ hash: inout SHA256, _ bytes: [UInt8]) {
    var length = UInt64(bytes.count).littleEndian
    withUnsafeBytes(of: &length) { hash.update(bufferPointer: $0) }
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }
}
