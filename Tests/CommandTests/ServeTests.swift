import Foundation
import Testing

@Suite("Serving from the command line")
struct ServeTests {
  let folder: TemporaryFolder
  let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.make(in: folder)
  }

  /// Starts a server on a free port and runs `script`, in which `$pid` and `$port` are its own.
  private func serve(_ flags: String, _ script: String) throws -> PrismProcess.Outcome {
    let out = folder.file("out")
    return try PrismProcess.shell(
      """
      "$PRISM" serve --model '\(model)' --threads 1 --port 0 \(flags) >'\(out)' 2>'\(folder.file("log"))' &
      pid=$!
      for _ in $(seq 200); do if [ -s '\(out)' ]; then break; fi; sleep 0.05; done
      port=$(sed 's|.*:||; s|/v1||' '\(out)')
      \(script)
      """)
  }

  @Test("the address is printed, and SIGTERM and Ctrl-C end the server well")
  func startAndStop() throws {
    for signal in ["TERM", "INT"] {
      let outcome = try serve("", "kill -\(signal) $pid; wait $pid; echo status $?")
      #expect(outcome.output == "status 0\n", "\(outcome.errors)")
      let line = try String(contentsOf: folder.url("out"), encoding: .utf8)
      #expect(line.hasPrefix("tiny is served at http://127.0.0.1:"))
      #expect(line.hasSuffix("/v1\n") && !line.contains(":0/"))
      let log = try String(contentsOf: folder.url("log"), encoding: .utf8)
      #expect(log.contains("stopping"))
    }
  }

  @Test("a taken port, an open address without keys and keys that are not there are one sentence")
  func refusals() throws {
    let taken = try serve(
      "", "\"$PRISM\" serve --model '\(model)' --port $port; echo status $?; kill $pid; wait $pid")
    #expect(taken.output == "status 1\n")
    #expect(taken.errors.hasPrefix("error: another program listens on 127.0.0.1 port "))
    #expect(taken.errors.split(separator: "\n").count == 1, "\(taken.errors)")
    for (flags, part) in [
      (["--host", "0.0.0.0"], "clients must show a key"),
      (["--api-key-file", folder.file("none")], "cannot read"),
      (["--api-key-file", try folder.write("# none\n", to: "keys")], "it holds no key"),
      (["--max-body", "3"], "the body limit is 3"),
      (["--port", "70000"], "the port is 70000"),
    ] {
      let outcome = try PrismProcess.run(["serve", "--model", model] + flags)
      #expect(outcome.status == 1 && outcome.output == "", "\(flags)")
      #expect(outcome.firstErrorLine.contains(part), "\(outcome.errors)")
    }
    #expect(try PrismProcess.run(["serve"]).status == 64)
    for flags in [
      ["--upstream", "http://127.0.0.1:1", "--model", model, "--bundle", "b"],
      ["--upstream", "http://127.0.0.1:1", "--router-model", model],
      ["--upstream", "http://127.0.0.1:1", "--bundle", "a", "--bundle", "b"],
      ["--upstream", "http://127.0.0.1:1", "--bundle", "a", "--health-seconds", "0"],
      ["--model", model, "--adapter-name", "x"],
    ] {
      let outcome = try PrismProcess.run(["serve"] + flags)
      #expect(outcome.status == 64, "\(flags): \(outcome.errors)")
    }
    #expect(try PrismProcess.run(["serve", "--model", model, "--gate", "maybe"]).status == 64)
    #expect(try PrismProcess.run(["serve", "--model", model, "--max-queue", "0"]).status == 64)
  }
}
