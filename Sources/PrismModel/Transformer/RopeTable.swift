import Foundation
import PrismTensor

/// Cosines and sines of rotary embedding, `[position, headSize]` (cosines, then sines), grown on demand.
package final class RopeTable {
  private let frequencies: [Float]
  private let headSize: Int
  private let table = Buffer<Float>()
  private var positionCount = 0

  package init(_ model: ModelConfiguration) {
    headSize = model.headSize
    frequencies = Self.frequencies(model)
  }

  /// The table for positions `0..<count`.
  package func covering(_ count: Int) -> UnsafePointer<Float> {
    if count > positionCount {
      // Doubling keeps the rebuilding linear in the longest sequence seen.
      positionCount = max(count, 2 * positionCount, 512)
      fill(table.reserve(positionCount * headSize))
    }
    return UnsafePointer(table.pointer)
  }

  private func fill(_ out: UnsafeMutablePointer<Float>) {
    let half = headSize / 2
    for position in 0..<positionCount {
      for i in 0..<half {
        let angle = Double(Float(position) * frequencies[i])
        out[position * headSize + i] = Float(cos(angle))
        out[position * headSize + half + i] = Float(sin(angle))
      }
    }
  }

  /// Angle per position of each rotated pair; count headSize / 2.
  package static func frequencies(_ model: ModelConfiguration) -> [Float] {
    let half = model.headSize / 2
    let plain = (0..<half).map { i in
      1 / pow(model.ropeBase, Double(2 * i) / Double(model.headSize))
    }
    switch model.ropeScaling {
    case .none:
      return plain.map { Float($0) }
    case .linear(let factor):
      return plain.map { Float($0 / factor) }
    case .divisors(let divisors):
      return zip(plain, divisors).map { Float($0 / Double($1)) }
    case .llama3(let factor, let lowFactor, let highFactor, let originalContext):
      return plain.map { frequency in
        let wavelength = 2 * Double.pi / frequency
        let turns = Double(originalContext) / wavelength
        if turns > highFactor { return Float(frequency) }
        if turns < lowFactor { return Float(frequency / factor) }
        let ramp = (turns - lowFactor) / (highFactor - lowFactor)
        return Float((1 - ramp) * frequency / factor + ramp * frequency)
      }
    }
  }
}
