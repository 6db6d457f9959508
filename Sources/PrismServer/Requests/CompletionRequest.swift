import NIOCore
import PrismModel

/// The body of `POST /v1/completions`.
struct CompletionRequest {
  let options: AnswerOptions
  /// Texts to go on from, without a chat template.
  let prompts: [String]
  /// Likeliest tokens to report at each position; nil where none are asked for.
  let topLogProbabilities: Int?

  init(_ body: ByteBuffer, models: ModelTable, limits: ServerLimits) throws {
    let fields = try RequestFields(body)
    options = try AnswerOptions(fields, models: models, limits: limits)
    try fields.refuse("echo", unless: .bool(false), because: "the prompt is not repeated")
    try fields.refuse(
      "suffix", unless: .string(""), because: "the model goes on, it does not fill in")
    try fields.refuse(
      "best_of", unless: .integer(1), .integer(options.choices), because: "all answers are returned"
    )
    topLogProbabilities = try fields.integer("logprobs", in: 0...20)
    guard let prompts = try fields.texts("prompt", limit: limits.maximumChoices), !prompts.isEmpty
    else { throw APIError.invalid("prompt", "prompt must be a string or an array of strings.") }
    guard prompts.count * options.choices <= limits.maximumChoices else {
      throw APIError.invalid(
        "n",
        "\(prompts.count) prompts with \(options.choices) answers each are more than the "
          + "\(limits.maximumChoices) answers that one request may ask for.")
    }
    self.prompts = prompts
  }
}
