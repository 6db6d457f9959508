/// Everything that can go wrong between a folder of benchmarks and a report, one sentence each.
public enum EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
  // Benchmarks

  /// A benchmark's file is missing or does not hold what its format asks for. `line` counts from 1.
  case benchmarkData(path: String, line: Int?, problem: String, advice: String)
  /// No benchmark of that name.
  case unknownBenchmark(name: String, nearest: String?, known: [String])
  /// No check of that name exists.
  case unknownInstruction(identifier: String, known: [String])
  /// An instruction's arguments cannot be used.
  case instructionArguments(identifier: String, problem: String)

  // Runs

  /// No strategy of that name.
  case unknownStrategy(name: String)
  /// A setting is out of range.
  case setting(name: String, value: String, allowed: String)
  /// A strategy needs adapter and gate.
  case needsBundle(strategy: String)
  /// A strategy learns from a run that is not named.
  case needsRun(strategy: String)
  /// A choice's letter is not one token of the model's vocabulary.
  case letterToken(letter: String, tokenCount: Int)
  /// An answer that a strategy needs is not in the run.
  case outcomeMissing(benchmark: String, item: String, condition: String)

  /// A file of a finished evaluation or of a bundle is missing or damaged.
  case resultsFile(path: String, problem: String)

  // Judges

  /// A request to a judge does not fit together.
  case judgeRequest(problem: String)
  /// A prompt of the judges is missing from the build, or has a place nothing fills.
  case missingJudgePrompt(name: String)
  /// A setting of an endpoint judge cannot be used.
  case judgeSetting(name: String, problem: String)
  /// A whole line of a judge's cache is not as written. Lines count from 1.
  case judgeCacheLine(path: String, line: Int, problem: String)
  /// A judge's cache cannot be opened, read or written.
  case judgeCacheFile(path: String, reason: String)
  /// Another judge or process has the cache open.
  case judgeCacheInUse(path: String)
  /// Requests that an endpoint did not answer; `notAsked` of them were never sent.
  case judgeIncomplete(
    endpoint: String, failed: Int, notAsked: Int, total: Int, reason: String, cache: String)

  // Resources and reports

  /// A file that ships with the package is missing or unusable.
  case missingResource(name: String)
  case evaluationResource(name: String, problem: String)
  case reportResource(name: String, problem: String)
  /// A number of the report is not a number, infinite, or too large to draw.
  case reportNumber(field: String, value: String)
  /// Two lists of a report's content do not fit together.
  case reportShape(field: String, problem: String)

  // Statistics

  /// A statistic was asked of nothing; `group` is the category that is empty, where there is one.
  case statisticWithoutValues(statistic: String, group: String?)
  /// A value is NaN or infinite; `index` counts from 0.
  case statisticNotFinite(statistic: String, index: Int, value: String)
  /// A value lies outside its scale; `index` counts from 0.
  case statisticOutOfRange(statistic: String, index: Int, value: String, expected: String)
  /// Values are so large that their sum overflows.
  case statisticOverflow(statistic: String)
  /// Two lists that belong together, value by value, differ in length.
  case statisticUnequalCounts(statistic: String, first: Int, second: Int)
  /// Two strategies were not measured on the same categories.
  case statisticUnequalGroups(statistic: String, onlyInOne: [String])
  /// A setting of a statistic is outside its range.
  case statisticSetting(name: String, value: String, expected: String)

  public var description: String {
    switch self {
    case .benchmarkData(let path, let line, let problem, let advice):
      "\(path)\(line.map { ", line \($0)" } ?? ""): \(problem); \(advice)"
    case .unknownBenchmark(let name, let nearest, let known):
      "there is no benchmark \"\(name)\""
        + (nearest.map { "; did you mean \"\($0)\"?" } ?? ";")
        + " known: \(known.joined(separator: ", "))"
    case .unknownInstruction(let identifier, let known):
      "there is no instruction \"\(identifier)\"; known: \(known.joined(separator: ", "))"
    case .instructionArguments(let identifier, let problem):
      "the arguments of the instruction \(identifier) cannot be used: \(problem)"
    case .unknownStrategy(let name):
      "there is no strategy \"\(name)\"; known: \(EvaluationStrategy.plainNames.joined(separator: ", ")), "
        + "persona:NAME; expert, average-persona and persona:NAME may be followed by :short or :minimum and by :user"
    case .setting(let name, let value, let allowed):
      "\(name) is \(value); allowed: \(allowed)"
    case .needsBundle(let strategy):
      "the strategy \(strategy) needs an adapter and a gate; name a bundle with --bundle, or leave the strategy out"
    case .needsRun(let strategy):
      "the strategy \(strategy) learns from the winning answers of a run; name the folder of `prism distill` with --run, or leave the strategy out"
    case .letterToken(let letter, let tokenCount):
      "this model writes the choice \"\(letter)\" in \(tokenCount) tokens, and multiple choice needs one; try the other --prompt-style"
    case .outcomeMissing(let benchmark, let item, let condition):
      "the run holds no answer to \(benchmark) \(item) under \(condition); start it again with --fresh"
    case .resultsFile(let path, let problem):
      "cannot use \(path): \(problem); run `prism eval` with the same --out again"
    case .judgeRequest(let problem):
      "cannot judge an answer: \(problem); pass the turns and answers up to the one to be judged"
    case .missingJudgePrompt(let name):
      "the judge prompt \(name) is missing from this build or damaged; build or install the package again"
    case .judgeSetting(let name, let problem):
      "the judge's \(name) cannot be used: \(problem)"
    case .judgeCacheLine(let path, let line, let problem):
      "\(path):\(line) is damaged (\(problem)); remove that line, and its verdict is asked for again"
    case .judgeCacheFile(let path, let reason):
      "cannot use the judge's cache \(path): \(reason); finished verdicts are kept, and the same command continues once this is resolved"
    case .judgeCacheInUse(let path):
      "another judge has \(path) open; wait until it has finished, or choose another folder"
    case .judgeIncomplete(let endpoint, let failed, let notAsked, let total, let reason, let cache):
      "\(failed) of \(total) requests to the judge at \(endpoint) failed"
        + (notAsked == 0 ? "" : " (not sent: \(notAsked))")
        + "; the first failure: \(reason); finished verdicts (\(total - failed - notAsked)) are kept in \(cache), and the same command goes on from there"
    case .missingResource(let name):
      "the resource \(name) is missing from this build; build or install the package again"
    case .evaluationResource(let name, let problem):
      "the resource \(name) cannot be used (\(problem)); build or install the package again"
    case .reportResource(let name, let problem):
      "the report's resource \(name) cannot be used (\(problem)); build or install the package again"
    case .reportNumber(let field, let value):
      "the report cannot show \(field): it is \(value); correct the results it was read from"
    case .reportShape(let field, let problem):
      "the report cannot show \(field): \(problem); correct the results it was read from"
    case .statisticWithoutValues(let statistic, let group):
      "\(statistic) has no values\(group.map { " in \($0)" } ?? ""); leave it out or score at least one item"
    case .statisticNotFinite(let statistic, let index, let value):
      "\(statistic) cannot use the value at index \(index), which is \(value); count such items as unreadable and leave them out"
    case .statisticOutOfRange(let statistic, let index, let value, let expected):
      "\(statistic) cannot use the value at index \(index), which is \(value); expected \(expected)"
    case .statisticOverflow(let statistic):
      "\(statistic) cannot add up its values, which are too large; give scores on a smaller scale"
    case .statisticUnequalCounts(let statistic, let first, let second):
      "\(statistic) needs two lists of one length but got \(first) and \(second) values; pair them item by item"
    case .statisticUnequalGroups(let statistic, let onlyInOne):
      "\(statistic) needs the same categories on both sides, but only one side has \(onlyInOne.joined(separator: ", ")); score both or leave them out"
    case .statisticSetting(let name, let value, let expected):
      "\(name) is \(value); expected \(expected)"
    }
  }
}
