import Foundation
public import PrismTraining

/// One query a persona's expert would answer well.
public struct Query: Codable, Hashable, Sendable {
  public typealias Split = GateExample.Split

  /// First 16 hex digits of SHA-256 over persona and text.
  public let id: String
  public let persona: String
  public let text: String
  /// Decided by the text alone, so that the same text never stands on both sides.
  public let split: Split

  public init(persona: String, text: String, heldOutShare: Double) {
    id = String(CanonicalJSON.hash(Data("\(persona)\u{0}\(text)".utf8)).prefix(16))
    self.persona = persona
    self.text = text
    split = Self.split(of: text, heldOutShare: heldOutShare)
  }

  /// Held out when the first 52 bits of the text's SHA-256, read as a fraction, are below the share.
  public static func split(of text: String, heldOutShare: Double) -> Split {
    let digits = CanonicalJSON.hash(Data(text.utf8)).prefix(13)
    let fraction = Double(UInt64(digits, radix: 16) ?? 0) * 0x1p-52
    return fraction < heldOutShare ? .heldOut : .train
  }
}
