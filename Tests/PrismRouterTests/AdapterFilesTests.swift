import Foundation
import PrismModel
import PrismRouter
import Testing

@Suite("Adapter files in peft's layout")
struct AdapterFilesTests {
  /// Saved by peft itself (Tools/reference/peft_adapter.py): every tensor lands where its name says.
  @Test func readsWhatPeftWrites() throws {
    let folder = try BundleToys.fixture("peft/adapter")
    let weights = try AdapterFiles.read(folder, model: BundleToys.model)
    #expect(weights.rank == 4 && weights.alpha == 8 && weights.layers == 1..<3)
    let file = try SafetensorsFile(path: folder + "/adapter_model.safetensors")
    var count = 0
    for (layer, projection) in [(1, Projection.query), (2, .value), (1, .output), (2, .down)] {
      let block = [.query, .value, .output].contains(projection) ? "self_attn" : "mlp"
      let stem = "base_model.model.model.layers.\(layer).\(block).\(projection.rawValue)"
      let a = try file.values(of: stem + ".lora_A.weight")
      let b = try file.values(of: stem + ".lora_B.weight")
      #expect(Array(weights.values[weights.rangeOfA(layer: layer, projection)]) == a)
      #expect(Array(weights.values[weights.rangeOfB(layer: layer, projection)]) == b)
      count += a.count + b.count
    }
    // Rank 4; q 32+32, v 32+16, o 32+32, down 64+32.
    #expect(count == 4 * (64 + 48 + 64 + 96))
    #expect(file.tensorNames.count == 2 * 7 * 2)
  }

  @Test func whatPeftWroteIsWrittenAgainTensorForTensor() throws {
    let folder = try BundleToys.fixture("peft/adapter")
    let weights = try AdapterFiles.read(folder, model: BundleToys.model)
    try BundleToys.withFolder { own in
      try AdapterFiles.write(weights, dropout: 0, baseModelName: "tiny-llama", to: own)
      let theirs = try SafetensorsFile(path: folder + "/adapter_model.safetensors")
      let ours = try SafetensorsFile(path: own + "/adapter_model.safetensors")
      #expect(ours.tensorNames == theirs.tensorNames)
      for name in theirs.tensorNames {
        #expect(ours.tensors[name]?.shape == theirs.tensors[name]?.shape)
        #expect(try ours.values(of: name) == theirs.values(of: name))
      }
      func keys(_ folder: String) throws -> NSDictionary {
        let data = try Data(contentsOf: URL(filePath: folder + "/adapter_config.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? NSDictionary)
      }
      let (written, reference) = (try keys(own), try keys(folder))
      for case let key as String in written.allKeys where key != "target_modules" {
        #expect(
          (written[key] as? NSObject) == (reference[key] as? NSObject), "adapter_config \(key)")
      }
      #expect(
        Set(try #require(written["target_modules"] as? [String]))
          == Set(try #require(reference["target_modules"] as? [String])))
      #expect(try AdapterFiles.read(own, model: BundleToys.model) == weights)
    }
  }

  @Test(arguments: [
    ("peft_type", "\"IA3\"", "peft_type is \"IA3\""), ("use_rslora", "true", "use_rslora is true"),
    ("use_dora", "true", "use_dora is true"), ("fan_in_fan_out", "true", "fan_in_fan_out"),
    ("bias", "\"all\"", "bias is \"all\""), ("lora_bias", "true", "lora_bias is true"),
    ("modules_to_save", "[\"lm_head\"]", "modules_to_save is [\"lm_head\"]"),
    ("rank_pattern", "{\"q_proj\": 8}", "rank_pattern is an object of 1 keys"),
    ("alpha_pattern", "{\"q_proj\": 8}", "alpha_pattern"), ("r", "0", "r is 0"),
    ("r", "1000000000000", "r is 1000000000000"), ("r", "2.5", "r is 2.5"),
    ("lora_alpha", "-1", "lora_alpha is -1"), ("lora_dropout", "1", "lora_dropout is 1"),
    ("target_modules", "[\"q_proj\"]", "target_modules is [\"q_proj\"]"),
    ("target_modules", "\"all-linear\"", "target_modules is \"all-linear\""),
    ("layers_to_transform", "[1, 3]", "layers_to_transform is [1, 3]"),
    ("layers_to_transform", "[0, 2]", "layers_to_transform is [0, 2]"),
    ("layers_to_transform", "[-1, 0]", "layers_to_transform is [-1, 0]"),
    ("layers_to_transform", "[]", "layers_to_transform is []"),
    ("init_lora_weights", "\"pissa_niter_4\"", "init_lora_weights is \"pissa_niter_4\""),
    ("task_type", "\"SEQ_CLS\"", "task_type"),
  ])
  func unsupportedSettingsAreNamed(key: String, json: String, message: String) throws {
    try BundleToys.withFolder { folder in
      try AdapterFiles.write(
        BundleToys.adapter(), dropout: 0.05, baseModelName: "tiny", to: folder)
      let value = try JSONSerialization.jsonObject(
        with: Data(json.utf8), options: .fragmentsAllowed)
      try BundleToys.edit(folder + "/adapter_config.json", key, value)
      #expect {
        try AdapterFiles.read(folder, model: BundleToys.model)
      } throws: { error in
        guard case RouterError.problems(_, let problems) = error else { return false }
        return problems.count == 1 && problems[0].contains(message)
      }
    }
  }

  @Test func everythingWrongIsListedAtOnce() throws {
    try BundleToys.withFolder { folder in
      try AdapterFiles.write(
        BundleToys.adapter(), dropout: 0.05, baseModelName: "tiny", to: folder)
      let stem = "base_model.model.model.layers."
      try BundleToys.rewrite(folder + "/adapter_model.safetensors") { tensors in
        tensors[stem + "1.self_attn.q_proj.lora_A.weight"] = nil
        tensors[stem + "1.self_attn.k_proj.lora_B.weight"] = (
          [2, 16], .init(repeating: 1, count: 32)
        )
        tensors[stem + "2.mlp.up_proj.lora_A.weight"]?.values[5] = .nan
        tensors[stem + "0.mlp.up_proj.lora_A.weight"] = ([1], [1])
      }
      let error = #expect(throws: RouterError.self) {
        try AdapterFiles.read(folder, model: BundleToys.model)
      }
      guard case .problems(_, let problems) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(
        Set(problems) == [
          "\(stem)1.self_attn.q_proj.lora_A.weight [2, 32] is missing",
          "\(stem)1.self_attn.k_proj.lora_B.weight has the shape [2, 16], expected [16, 2]",
          "\(stem)2.mlp.up_proj.lora_A.weight holds nan at 5, expected finite numbers",
          "\(stem)0.mlp.up_proj.lora_A.weight is not known here",
        ])
    }
  }

  /// peft's `null` for the layers means all of them.
  @Test func noLayerListMeansEveryLayer() throws {
    try BundleToys.withFolder { folder in
      let weights = BundleToys.adapter(layers: 0..<3)
      try AdapterFiles.write(weights, dropout: 0, baseModelName: "tiny", to: folder)
      try BundleToys.edit(folder + "/adapter_config.json", "layers_to_transform", NSNull())
      #expect(try AdapterFiles.read(folder, model: BundleToys.model) == weights)
    }
  }
}
