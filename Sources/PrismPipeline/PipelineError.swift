/// Everything that can go wrong between a list of domains and a judged run, one sentence each.
public enum PipelineError: Error, Equatable, CustomStringConvertible {
  /// The configuration has problems; every one is listed with its key path.
  case configuration(source: String, problems: [String])
  /// No preset of that name ships.
  case unknownPreset(name: String, known: [String])
  /// A folder or file of personas cannot be used.
  case personas(path: String, problem: String)
  /// The model wrote nothing usable for a domain.
  case noUsablePersona(domain: String, attempts: Int, lastAnswer: String)
  /// The model wrote no usable query for a persona.
  case noUsableQuery(persona: String, attempts: Int, lastAnswer: String)
  /// The tokenizer has no single token for a letter of the judge.
  case judgeLetter(letter: String, tokenCount: Int)
  /// A judge's prompt is too long even without any answer in it.
  case judgePromptTooLong(query: String, tokenCount: Int, limit: Int)
  /// A file that ships with the package is missing.
  case missingResource(name: String)
  /// The folder of a run cannot be made or worked in; `place` is what stands in the way.
  case cannotUseFolder(path: String, place: String, problem: FolderProblem)
  /// A file or folder cannot be written, made or renamed.
  case cannotWrite(path: String, reason: String)
  /// A file of the run cannot be read.
  case cannotRead(path: String, reason: String)
  /// A file of the run does not hold what its manifest says.
  case damagedRun(path: String, problem: String)
  /// A run lacks a result that is asked for.
  case unfinishedRun(path: String, missing: String)
  /// A file of the run is of a format that this build does not read.
  case otherFormat(path: String, found: Int, expected: Int)
  /// Another process works in the run directory.
  case locked(path: String)
  /// The run directory holds results made with other settings or inputs.
  case changed(path: String, stage: String, changes: [String])
  /// A run is to be used with a model that did not make it.
  case anotherModel(path: String)
  /// Fine-tuning does not learn on 4-bit weights.
  case roundedWeights(String)
  /// The verdicts leave nothing to distill or nothing to retain.
  case nothingToLearn(path: String, explanation: String)

  /// Why no run can be kept at a path.
  public enum FolderProblem: Equatable, Sendable {
    case nameIsEmpty
    case isFile
    /// With the system's reason.
    case notWritable(String)
  }

  public var description: String {
    switch self {
    case .configuration(let source, let problems):
      "\(source) has \(problems.count) problem\(problems.count == 1 ? "" : "s"): "
        + problems.joined(separator: "; ")
    case .unknownPreset(let name, let known):
      "there is no preset \"\(name)\"; known: \(known.joined(separator: ", "))"
    case .personas(let path, let problem):
      "cannot use the personas in \(path): \(problem)"
    case .noUsablePersona(let domain, let attempts, let lastAnswer):
      "the model wrote no usable persona for \"\(domain)\" in \(attempts) attempts (the last began \"\(lastAnswer)\"); write one into a text file and pass the folder, or use a larger model"
    case .noUsableQuery(let persona, let attempts, let lastAnswer):
      "the model wrote no usable query for the persona \"\(persona)\" in \(attempts) attempts (the last began \"\(lastAnswer)\"); reword the persona, raise queries.attempts, or use a larger model"
    case .judgeLetter(let letter, let tokenCount):
      "the judge needs \"\(letter)\" to be one token, but this tokenizer makes \(tokenCount) of it; this model cannot judge"
    case .judgePromptTooLong(let query, let tokenCount, let limit):
      "judging the query that begins \"\(query)\" takes \(tokenCount) tokens before any answer but judge.maxPromptTokens is \(limit); raise it or drop the query"
    case .missingResource(let name):
      "the resource \(name) is missing from this build; build or install the package again"
    case .cannotUseFolder(let path, let place, let problem):
      "cannot use \"\(path)\" as a run's folder: \(problem.words(place))"
    case .cannotWrite(let path, let reason):
      "cannot write \(path): \(reason); finished work is kept, and the same command continues once this is resolved"
    case .cannotRead(let path, let reason):
      "cannot read \(path): \(reason)"
    case .damagedRun(let path, let problem):
      "\(path) is damaged (\(problem)); start again with another --out or with --fresh"
    case .unfinishedRun(let path, let missing):
      "the run in \(path) is not finished (\(missing) is missing); run `prism distill` with the same settings and --out, and it goes on from there"
    case .otherFormat(let path, let found, let expected):
      "\(path) has format \(found), and this prism reads format \(expected); use the prism that wrote it, or start again with another --out"
    case .locked(let path):
      "another process is working in \(path); wait for it, or choose another --out"
    case .anotherModel(let path):
      "\(path) was made by another model than the one that is loaded; name its own model, or another run"
    case .roundedWeights(let weights):
      "fine-tuning learns on bf16, fp32 or int8 weights, and these are \(weights); leave --weights away"
    case .nothingToLearn(let path, let explanation):
      "\(explanation) Personas, queries, answers and verdicts are kept in \(path)."
    case .changed(let path, let stage, let changes):
      "\(path) holds \(stage) made with other settings (\(changes.joined(separator: ", "))); choose another --out, restore the old settings, or discard the old results with --fresh"
    }
  }
}

extension PipelineError.FolderProblem {
  fileprivate func words(_ place: String) -> String {
    switch self {
    case .nameIsEmpty: "the name is empty; name a folder"
    case .isFile: "\(place) is a file; choose another folder, or move that file away"
    case .notWritable(let reason):
      "nothing can be written in \(place) (\(reason)); choose a folder in a place that can be written to"
    }
  }
}
