/// Translates ggml's names of decoder tensors into those of Hugging Face checkpoints.
package enum GGUFTensorNames {
  static let embedding = "token_embd.weight"
  static let output = "output.weight"
  /// Divisors of the rotary frequencies; part of the configuration, not a weight.
  static let ropeDivisors = "rope_freqs.weight"

  private static let single = [
    embedding: CheckpointLayout.embedding,
    output: CheckpointLayout.output,
    "output_norm.weight": CheckpointLayout.norm,
  ]

  /// Of a decoder's layer, behind `blk.N.`.
  private static let perLayer: [String: String] = [
    "attn_norm.weight": "input_layernorm.weight",
    "ffn_norm.weight": "post_attention_layernorm.weight",
    "attn_q.bias": "self_attn.q_proj.bias",
    "attn_k.bias": "self_attn.k_proj.bias",
    "attn_v.bias": "self_attn.v_proj.bias",
  ].merging(Projection.allCases.map { (ggmlName($0), $0.weight) }) { first, _ in first }

  private static func ggmlName(_ projection: Projection) -> String {
    switch projection {
    case .query: "attn_q.weight"
    case .key: "attn_k.weight"
    case .value: "attn_v.weight"
    case .output: "attn_output.weight"
    case .gate: "ffn_gate.weight"
    case .up: "ffn_up.weight"
    case .down: "ffn_down.weight"
    }
  }

  /// The Hugging Face name, or nil for a tensor that is no part of a decoder.
  static func huggingFaceName(of name: String) -> String? {
    if let translated = single[name] { return translated }
    let parts = name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "blk", let index = Int(parts[1]), String(index) == parts[1],
      index >= 0, let translated = perLayer[String(parts[2])]
    else { return nil }
    return CheckpointLayout.layer(index, translated)
  }

  /// ggml's name of a layer's projection.
  package static func ggmlName(layer: Int, _ projection: Projection) -> String {
    "blk.\(layer).\(ggmlName(projection))"
  }
}
