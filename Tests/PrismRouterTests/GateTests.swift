import Foundation
import PrismModel
import PrismRouter
import Testing

@Suite("Gate")
struct GateTests {
  /// Two features, one hidden value. Features (3, 5), mean (1, 1), deviation (2, 4): standardised
  /// (1, 1). Hidden 0.75*1 + 0.5*1 - 0.25 = 1; exact GELU(1) = 0.8413447 (the tanh form gives
  /// 0.8411920). Logit 2 * 0.8413447 - 1 = 0.6826894; sigmoid = 0.6643387.
  @Test func oneHiddenValueByHand() {
    var network = GateNetwork(featureCount: 2, hiddenSizes: [1])
    network.values = [0.75, 0.5, -0.25, 2, -1]
    let gate = Gate(layer: 0, threshold: 0.5, mean: [1, 1], deviation: [2, 4], network: network)
    #expect(abs(gate.probability(of: [3, 5]) - 0.664_338_7) < 1e-6)
    #expect(gate.parameterCount == 5)
  }

  @Test func theSigmoidHoldsAtBothEnds() {
    #expect(sigmoid(200) == 1)
    #expect(sigmoid(-200) == 0)
    #expect(sigmoid(0) == 0.5)
    #expect(sigmoid(-90) > 0 && sigmoid(-90) < 1e-38)
  }

  @Test func aBatchGivesTheBitsOfSingleRows() {
    let network = BundleToys.gate().network
    let rows: [[Float]] = (0..<7).map { row in
      (0..<32).map { column -> Float in Float((column * 13 + row * 29) % 23) / 11 - 1 }
    }
    var together = [Float](repeating: 0, count: 7 * 5)
    together.withUnsafeMutableBufferPointer { output in
      network.apply(
        layer: 0, to: rows.flatMap { $0 }, rowCount: 7, output: output.baseAddress!)
    }
    for (index, row) in rows.enumerated() {
      var alone = [Float](repeating: 0, count: 5)
      alone.withUnsafeMutableBufferPointer { output in
        network.apply(layer: 0, to: row, rowCount: 1, output: output.baseAddress!)
      }
      #expect(Array(together[index * 5..<(index + 1) * 5]) == alone)
    }
  }

  @Test func brokenFeaturesGoToTheBase() {
    let gate = BundleToys.gate(threshold: 0.01)
    var features = [Float](repeating: 0, count: 32)
    features[3] = .nan
    #expect(gate.probability(of: features) == 0)
    #expect(Router(gate: gate).decide(features: features).servedRoute == .base)
  }

  @Test func theFileRoundTripsBitForBit() throws {
    try BundleToys.withFolder { folder in
      let path = folder + "/gate.safetensors"
      let gate = BundleToys.gate(layer: 2, threshold: 0.25)
      try GateFile.write(gate, to: path)
      let back = try GateFile.read(path: path, layer: 2, threshold: 0.25, featureCount: 32)
      #expect(back == gate)
      let first = try Data(contentsOf: URL(filePath: path))
      try GateFile.write(back, to: path)
      #expect(try Data(contentsOf: URL(filePath: path)) == first)
      // [out, in] in the file, as PyTorch has it.
      let file = try SafetensorsFile(path: path)
      #expect(file.tensors["layers.0.weight"]?.shape == [5, 32])
      #expect(try file.values(of: "layers.0.weight")[1] == gate.network.values[5])
      #expect(file.tensorNames.count == 8)
    }
  }

  @Test(
    arguments: [
      ("features.mean", [31], "features.mean has the shape [31], expected [32]"),
      ("layers.0.weight", [5, 31], "layers.0.weight has the shape [5, 31], expected [5, 32]"),
      ("layers.1.bias", [4], "layers.1.bias has the shape [4], expected [3]"),
      ("layers.2.weight", [2, 3], "the last layer has 2 outputs, expected 1"),
      ("layers.1.weight", [15], "layers.1.weight has the shape [15], expected [out, in]"),
      ("stranger", [1], "stranger is not known here"),
      ("features.deviation", [32], "features.deviation holds 0.0 at 0, expected above 0"),
    ] as [(String, [Int], String)])
  func damagedFilesAreNamed(name: String, shape: [Int], message: String) throws {
    try BundleToys.withFolder { folder in
      let path = folder + "/gate.safetensors"
      try GateFile.write(BundleToys.gate(), to: path)
      try BundleToys.rewrite(path) { tensors in
        tensors[name] = (shape, [Float](repeating: 0, count: shape.reduce(1, *)))
      }
      #expect {
        try GateFile.read(path: path, layer: 0, threshold: 0.5, featureCount: 32)
      } throws: { error in
        "\(error)".contains(message)
      }
    }
  }
}
