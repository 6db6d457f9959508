import Foundation
import PrismEvaluation
import Testing

@Suite("Endpoint judge's parts")
struct EndpointPartsTests {
  @Test(
    "a URL with or without /v1 leads to the same address",
    arguments: [
      ("https://api.example.com", "https://api.example.com/v1/chat/completions"),
      ("https://api.example.com/", "https://api.example.com/v1/chat/completions"),
      (" https://api.example.com/v1\n", "https://api.example.com/v1/chat/completions"),
      ("https://api.example.com/v1/", "https://api.example.com/v1/chat/completions"),
      (
        "https://api.example.com/v1/chat/completions",
        "https://api.example.com/v1/chat/completions"
      ),
      ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/chat/completions"),
      ("HTTP://[::1]:80/v1", "http://[::1]:80/v1/chat/completions"),
      ("https://host/api/openai", "https://host/api/openai/v1/chat/completions"),
    ])
  func address(text: String, expected: String) throws {
    #expect(try EndpointAddress(text).url == expected)
  }

  @Test(
    "an unusable URL is refused without being repeated",
    arguments: [
      "", "api.example.com", "ftp://host", "https://", "https://user:secret@host/v1",
      "https://host/v1?key=secret", "https://host/v1#secret", "http://host:99999", "file:///secret",
    ])
  func badAddress(text: String) throws {
    let error = try #require(throws: EvaluationError.self) { try EndpointAddress(text) }
    #expect(!error.description.contains("secret"))
  }

  @Test("a key shows in nothing that is printed")
  func key() throws {
    let key = try EndpointKey(" sk-very-secret-1\n", variable: "JUDGE_KEY")
    #expect(key.authorization == "Bearer sk-very-secret-1")
    var dumped = ""
    dump(key, to: &dumped)
    for text in ["\(key)", String(reflecting: key), String(describing: Optional(key)), dumped] {
      #expect(!text.contains("secret"))
      #expect(text.contains("JUDGE_KEY"))
    }
    #expect(key.hidden(in: "SK-Very-Secret-1, sk-very-secret-1!") == "(key), (key)!")
    // "no" as the placeholder key of a local server must not eat the judge's No.
    #expect(try EndpointKey("no", variable: "K").hidden(in: "no") == "no")
  }

  @Test(
    "keys that cannot stand in a header are refused",
    arguments: ["", " \n", "se cret", "secrét", "se\r\ncret"])
  func badKey(value: String) throws {
    let error = try #require(throws: EvaluationError.self) {
      try EndpointKey(value, variable: "JUDGE_KEY")
    }
    #expect(error.description.contains("JUDGE_KEY"))
    #expect(!error.description.contains("cret"))
  }

  @Test("waits double up to the longest, half of each at random, from the seed alone")
  func backoff() {
    let settings = EndpointJudgeSettings(model: "m")
    let backoff = EndpointBackoff(settings: settings)
    let now = FakeJudgeClock.date
    var all: Set<Duration> = []
    for (attempt, full) in [(1, 1.0), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (20, 30)] {
      for seed in UInt64(0)..<50 {
        let wait = backoff.wait(after: attempt, seed: seed, retryAfter: nil, now: now)
        #expect(wait >= .seconds(full / 2) && wait <= .seconds(full))
        #expect(wait == backoff.wait(after: attempt, seed: seed, retryAfter: nil, now: now))
        all.insert(wait)
      }
    }
    #expect(all.count == 7 * 50)
    var other = settings
    other.seed = 1
    #expect(
      EndpointBackoff(settings: other).wait(after: 1, seed: 0, retryAfter: nil, now: now)
        != backoff.wait(after: 1, seed: 0, retryAfter: nil, now: now))
  }

  @Test(
    "Retry-After in seconds and as a date, up to the cap",
    arguments: [
      ("7", 7), (" 7 ", 7), ("3600", 120), ("99999999999999999999999", 120),
      // 50 s after the clock's date, in the three forms.
      ("Sun, 06 Nov 1994 08:50:27 GMT", 50), ("Sunday, 06-Nov-94 08:50:27 GMT", 50),
      ("Sun Nov  6 08:50:27 1994", 50), ("Sun, 06 Nov 2094 08:50:27 GMT", 120),
    ])
  func retryAfter(value: String, seconds: Int) {
    let wait = EndpointBackoff(settings: EndpointJudgeSettings(model: "m")).wait(
      after: 1, seed: 0, retryAfter: value, now: FakeJudgeClock.date)
    #expect(wait == .seconds(seconds))
  }

  @Test(
    "a Retry-After that says nothing leaves the usual wait",
    arguments: ["", "-5", "soon", "7.5", "0", "Sun, 06 Nov 1994 08:49:00 GMT", "٧"])
  func noRetryAfter(value: String) {
    let backoff = EndpointBackoff(settings: EndpointJudgeSettings(model: "m"))
    let usual = backoff.wait(after: 1, seed: 0, retryAfter: nil, now: FakeJudgeClock.date)
    #expect(backoff.wait(after: 1, seed: 0, retryAfter: value, now: FakeJudgeClock.date) == usual)
  }

  @Test("all settings out of range are named at once")
  func settings() throws {
    var settings = EndpointJudgeSettings(model: " ")
    settings.concurrency = 0
    settings.attempts = 21
    settings.attemptTimeout = .zero
    settings.longestWait = .seconds(Int64.max)
    let error = try #require(throws: EvaluationError.self) { try settings.validate() }
    for name in ["model", "concurrency", "attempts", "attemptTimeout", "longestWait"] {
      #expect(error.description.contains(name))
    }
    #expect(throws: Never.self) { try EndpointJudgeSettings(model: "m").validate() }
  }
}
