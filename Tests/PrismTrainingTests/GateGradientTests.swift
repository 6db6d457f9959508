import Foundation
import PrismModel
import PrismRouter
import PrismTensor
import PrismTraining
import Testing

@Suite("Gate gradients")
struct GateGradientTests {
  /// Central differences on a 5-4-3-1 network; the loss sums in fp32, so a step of 1e-2 leaves an
  /// error of about 1e-7 / 1e-2 = 1e-5 beside the curvature's 1e-4 * third derivative.
  @Test(arguments: [Float(0), 0.4]) func matchFiniteDifferences(dropout: Float) {
    var random = SeededGenerator(seed: 3)
    var network = GateNetwork(featureCount: 5, hiddenSizes: [4, 3])
    for index in network.values.indices { network.values[index] = random.normal() }
    let batch = GateGradients.Batch(
      features: (0..<30).map { _ in random.normal() }, labels: [1, 0, 0, 1, 0, 1],
      weights: [1.5, 0.5, 1, 1, 0.25, 2])
    var gradients = GateGradients(network: network)
    func loss(_ network: GateNetwork) -> Double {
      // The same stream every time: the same values are dropped.
      var stream = SeededGenerator(seed: 11)
      var spare = GateGradients(network: network)
      return spare.compute(batch, network: network, dropout: dropout, generator: &stream)
    }
    var stream = SeededGenerator(seed: 11)
    _ = gradients.compute(batch, network: network, dropout: dropout, generator: &stream)
    for index in network.values.indices {
      var (above, below) = (network, network)
      above.values[index] += 1e-2
      below.values[index] -= 1e-2
      let difference = (loss(above) - loss(below)) / 2e-2
      #expect(abs(difference - Double(gradients.values[index])) < 4e-4, "parameter \(index)")
    }
  }

  /// Loss, logits and every gradient of PyTorch's `Sequential(Linear, GELU, ...)` on 20 rows
  /// (Tools/reference/gate_reference.py). Sums of up to 128 fp32 products differ in order: 1e-5.
  @Test func matchPyTorch() throws {
    let file = try SafetensorsFile(path: Fixture.path("gate/gate.safetensors"))
    var network = GateNetwork(featureCount: 12, hiddenSizes: [128, 64])
    for layer in 0..<3 {
      let (inputs, outputs) = (network.sizes[layer], network.sizes[layer + 1])
      let weights = try file.values(of: "layer\(layer).weight")
      let start = network.weightRange(layer: layer).lowerBound
      for input in 0..<inputs {
        for output in 0..<outputs {
          network.values[start + input * outputs + output] = weights[output * inputs + input]
        }
      }
      network.values.replaceSubrange(
        network.biasRange(layer: layer), with: try file.values(of: "layer\(layer).bias"))
    }
    let features = try file.values(of: "features")
    let batch = GateGradients.Batch(
      features: features, labels: try file.values(of: "labels"),
      weights: try file.values(of: "rowWeights"))
    var gradients = GateGradients(network: network)
    var stream = SeededGenerator(seed: 0)
    let loss = gradients.compute(batch, network: network, generator: &stream)
    #expect(abs(loss - Double(try file.values(of: "loss")[0])) < 1e-5)
    let logits = try file.values(of: "logits")
    for row in logits.indices {
      let own = network.logit(of: Array(features[row * 12..<(row + 1) * 12]))
      #expect(abs(own - logits[row]) < 1e-5)
    }
    for layer in 0..<3 {
      let (inputs, outputs) = (network.sizes[layer], network.sizes[layer + 1])
      let expected = try file.values(of: "gradient.layer\(layer).weight")
      let start = network.weightRange(layer: layer).lowerBound
      for input in 0..<inputs {
        for output in 0..<outputs {
          let own = gradients.values[start + input * outputs + output]
          #expect(abs(own - expected[output * inputs + input]) < 1e-5)
        }
      }
      let biases = try file.values(of: "gradient.layer\(layer).bias")
      for (own, other) in zip(gradients.values[network.biasRange(layer: layer)], biases) {
        #expect(abs(own - other) < 1e-5)
      }
    }
  }

  /// Weights of PyTorch's balanced loss, from the trainer's own rows: standardisation and class
  /// weights of the fixture come out of the raw features and labels.
  @Test func standardisationMatchesTheReference() throws {
    let file = try SafetensorsFile(path: Fixture.path("gate/gate.safetensors"))
    let raw = try file.values(of: "rawFeatures")
    let labels = try file.values(of: "labels")
    let rows = labels.indices.map { row in
      GateExample(
        id: "\(100 + row)", features: Array(raw[row * 12..<(row + 1) * 12]),
        label: labels[row] == 1,
        stratum: "x", split: .train)
    }
    var configuration = GateToys.configuration()
    configuration.validationShare = 0
    configuration.epochs = 1
    let (gate, _) = try GateTrainer(configuration: configuration, layer: 0).train(rows)
    let expected = try file.values(of: "features")
    for row in rows.indices {
      for index in 0..<12 {
        let own = (rows[row].features[index] - gate.mean[index]) / gate.deviation[index]
        #expect(abs(own - expected[row * 12 + index]) < 1e-5)
      }
    }
  }
}

enum Fixture {
  static func path(_ name: String) throws -> String {
    try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
      .appending(path: name).path(percentEncoded: false)
  }
}
