import PrismModel
import Testing

@Suite("Dequantisation equals the gguf package's, bit for bit")
struct FormatsDequantizeTests {
  @Test(arguments: GGUFTensorType.allCases.filter { $0 != .f32 })
  func randomBlocks(_ type: GGUFTensorType) throws {
    let blocks = try FormatsFixtures.bytes("dequantize/\(type.name).blocks")
    let expected = try FormatsFixtures.floats("dequantize/\(type.name).values")
    #expect(blocks.count % type.blockBytes == 0)
    #expect(blocks.count / type.blockBytes * type.blockValues == expected.count)
    // One byte in, so that nothing relies on alignment.
    let values = ([0] + blocks).withUnsafeBytes { raw in
      [Float](unsafeUninitializedCapacity: expected.count) { buffer, initialized in
        guard let start = buffer.baseAddress else { return }
        type.dequantize(UnsafeRawBufferPointer(rebasing: raw[1...]), into: start)
        initialized = expected.count
      }
    }
    #expect(values.bits == expected.bits)
  }

  /// Q4_0 by hand: scale 0.5 (half 0x3800), first byte 0x9F: low nibble 15, high nibble 9.
  /// Value 0 is 0.5 (15 - 8) = 3.5, value 16 is 0.5 (9 - 8) = 0.5; nibbles 8 give 0.
  @Test func workedByHand() {
    let block: [UInt8] = [0x00, 0x38, 0x9F] + [UInt8](repeating: 0x88, count: 15)
    var values = [Float](repeating: -1, count: 32)
    block.withUnsafeBytes { source in
      values.withUnsafeMutableBufferPointer { places in
        guard let start = places.baseAddress else { return }
        GGUFTensorType.q4_0.dequantize(source, into: start)
      }
    }
    var expected = [Float](repeating: 0, count: 32)
    expected[0] = 3.5
    expected[16] = 0.5
    #expect(values == expected)
  }
}
