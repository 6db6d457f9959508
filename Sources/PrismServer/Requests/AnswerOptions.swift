import PrismModel

/// What chat and plain completions have in common: how tokens are drawn and how many answers.
struct AnswerOptions: Sendable {
  var model: ModelTable.Entry
  var sampling: SamplingParameters
  /// Answers to each prompt.
  var choices: Int
  var isStreamed: Bool
  /// Whether a stream ends with the counts of tokens.
  var includesUsage: Bool
  /// Sent for the client's own records; logged, as OpenAI advises to hash it.
  var user: String?

  static let stopLimit = 16

  /// Throws `APIError` for the first field that is wrong or cannot be done.
  init(_ fields: RequestFields, models: ModelTable, limits: ServerLimits) throws {
    guard let id = try fields.text("model") else {
      throw APIError.invalid("model", "model is missing; /v1/models lists the names.")
    }
    model = try models.entry(id)
    try Self.refuseUnsupported(fields)
    let stop = try fields.texts("stop", limit: Self.stopLimit) ?? []
    guard !stop.contains("") else {
      throw APIError.invalid("stop", "stop must not hold an empty string.")
    }
    sampling = SamplingParameters(
      temperature: try Self.temperature(fields),
      topP: Float(try Self.share(fields, "top_p") ?? 1),
      topK: try fields.integer("top_k", in: 0...1_000_000) ?? 0,
      minP: Float(try fields.number("min_p", in: 0...0.99) ?? 0),
      maxTokens: try Self.maxTokens(fields, limit: limits.maximumAnswerTokens), stop: stop,
      seed: try fields.seed("seed") ?? .random(in: .min ... .max))
    choices = try fields.integer("n", in: 1...limits.maximumChoices) ?? 1
    isStreamed = try fields.flag("stream") ?? false
    includesUsage = try fields.object("stream_options")?.flag("include_usage") ?? false
    user = try fields.text("user")
  }

  /// Below a hundred-thousandth nothing but the likeliest token has a chance, and quotients overflow.
  private static func temperature(_ fields: RequestFields) throws -> Float {
    let value = try fields.number("temperature", in: 0...2) ?? 1
    return value < 1e-5 ? 0 : Float(value)
  }

  /// A share above 0, at most 1. A share so small that it is 0 as a float keeps one token, as 1e-30 does.
  private static func share(_ fields: RequestFields, _ name: String) throws -> Double? {
    guard let value = try fields.number(name, in: 0...1) else { return nil }
    return max(value, 1e-30)
  }

  private static func maxTokens(_ fields: RequestFields, limit: Int) throws -> Int {
    // The newer name counts; a wrong value is told under either.
    let values = try ["max_completion_tokens", "max_tokens"].map {
      try fields.integer($0, in: 1...limit)
    }
    return values.compactMap { $0 }.first ?? limit
  }

  /// Fields that would change the answer and are not implemented. What only changes billing, storage
  /// or the like is ignored, and so is what this server does not know, as OpenAI's does.
  private static func refuseUnsupported(_ fields: RequestFields) throws {
    let sampling = "its sampling has temperature, top_p, top_k and min_p"
    for name in ["presence_penalty", "frequency_penalty"] {
      try fields.refuse(name, unless: .integer(0), .number(0), because: sampling)
    }
    try fields.refuse("logit_bias", unless: .object([:]), because: sampling)
    let tools = "the model is not given tools; describe them in a message instead"
    for name in ["tools", "functions"] {
      try fields.refuse(name, unless: .array([]), because: tools)
    }
    for name in ["tool_choice", "function_call"] {
      try fields.refuse(name, unless: .string("none"), .string("auto"), because: tools)
    }
    try fields.refuse("audio", because: "it reads and writes text only")
    try fields.refuse(
      "modalities", unless: .array([.string("text")]), because: "it writes text only")
    try fields.refuse("web_search_options", because: "it has no network")
    if let format = try fields.object("response_format") {
      guard try format.text("type") == "text" else {
        throw APIError.invalid(
          "response_format",
          "response_format other than {\"type\": \"text\"} cannot be promised by this server; ask for "
            + "the format in a message instead.", code: "unsupported_value")
      }
    }
  }
}
