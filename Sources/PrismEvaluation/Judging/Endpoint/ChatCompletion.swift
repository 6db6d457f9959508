import Foundation

/// The two JSON bodies of `POST /v1/chat/completions` and the body of a refusal to answer.
enum ChatCompletion {
  private struct Request: Encodable {
    struct Message: Encodable {
      let role: String
      let content: String
    }

    let model: String
    let messages: [Message]
    let temperature: Double
    let maximumTokens: Int
    let stream: Bool

    enum CodingKeys: String, CodingKey {
      case model, messages, temperature, stream
      case maximumTokens = "max_tokens"
    }
  }

  private struct Response: Decodable {
    struct Choice: Decodable {
      struct Message: Decodable {
        /// Null when the model spent all its tokens before it said anything.
        let content: String?
      }
      let message: Message
    }
    let choices: [Choice]
  }

  /// Error bodies as servers write them: `{"error": {"message": …}}`, `{"error": …}`, or a message
  /// or detail of its own.
  private struct Complaint: Decodable {
    let text: String

    enum CodingKeys: String, CodingKey { case error, message, detail }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      // Servers word their complaints in different shapes; one that fits none is shown as it came.
      if let nested = try? fields.nestedContainer(keyedBy: CodingKeys.self, forKey: .error) {
        text = try nested.decode(String.self, forKey: .message)
        return
      }
      for key in [CodingKeys.error, .message, .detail] {
        if let found = try? fields.decode(String.self, forKey: key) {
          text = found
          return
        }
      }
      throw DecodingError.keyNotFound(
        CodingKeys.message, .init(codingPath: decoder.codingPath, debugDescription: "no message"))
    }
  }

  static let temperature = 0.0

  static func request(model: String, prompt: String, maximumTokens: Int) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(
      Request(
        model: model, messages: [.init(role: "user", content: prompt)], temperature: temperature,
        maximumTokens: maximumTokens, stream: false))
  }

  /// The first choice's text, empty where the model said nothing. `hiding` is applied to every text
  /// that leaves here.
  static func reply(
    from bytes: Data, hiding: (String) -> String
  ) -> Result<String, EndpointFailure> {
    let problem: String
    guard let text = String(validating: bytes, as: UTF8.self) else {
      return .failure(.malformed("is not UTF-8 text", beginning: ""))
    }
    do {
      let response = try JSONDecoder().decode(Response.self, from: bytes)
      if let choice = response.choices.first {
        return .success(hiding(choice.message.content ?? ""))
      }
      problem = "holds no choice"
    } catch DecodingError.dataCorrupted {
      problem = "is not JSON"
    } catch {
      problem = "is not a chat completion"
    }
    let said = complaint(in: bytes, hiding: hiding)
    return .failure(.malformed(problem, beginning: said ?? excerpt(hiding(text))))
  }

  /// What a server says about a failure, if it says it in JSON.
  static func complaint(in bytes: Data, hiding: (String) -> String) -> String? {
    (try? JSONDecoder().decode(Complaint.self, from: bytes)).map { excerpt(hiding($0.text)) }
  }

  /// At most 200 characters on one line.
  private static func excerpt(_ text: String) -> String {
    let line = text.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
    let plain = String(
      String.UnicodeScalarView(
        line.unicodeScalars.filter { $0.properties.generalCategory != .control }))
    return plain.count > 200 ? plain.prefix(200) + "…" : plain
  }
}
