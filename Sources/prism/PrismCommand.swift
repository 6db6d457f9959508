import ArgumentParser
import PrismModel

/// `prism`: the whole method and its result from the command line.
@main
struct PrismCommand: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "prism",
    abstract: "Teach a model when to be an expert, with nothing but the model itself.",
    discussion: """
      A persona in the prompt ("You are a mathematician.") helps some queries and hurts others. \
      prism lets a model write its own personas, queries and answers, judge which answers the \
      persona improved, and distill the better ones into an adapter with a gate that switches it on \
      only where it helps. No data, no labels, no other model.

      EXAMPLE
        prism models --fetch smollm2-135m-instruct
        prism distill --model smollm2-135m-instruct --out run --preset demo
        prism chat --bundle run/bundle
      """,
    version: version,
    subcommands: [
      DistillCommand.self, GenerateCommand.self, ChatCommand.self, RouteCommand.self,
      ServeCommand.self, ExportCommand.self, EvalCommand.self, StudyCommand.self,
      ReportCommand.self, InspectCommand.self, BenchCommand.self, ModelsCommand.self,
    ])

  static func main() async {
    StandardStreams.prepare()
    Interruption.install()
    do {
      var command = try parseAsRoot()
      if var waiting = command as? any AsyncParsableCommand {
        try await waiting.run()
      } else {
        try command.run()
      }
    } catch {
      Failure.exit(with: error)
    }
  }
}
