public import Foundation

/// A few questions in the format of every benchmark, written for this library: enough to try a command
/// and to test the readers, not to measure a model. The harmful sets hold harmless stand-ins.
public enum SampleBenchmarks {
  /// The folder to pass as data.
  /// Throws `EvaluationError.missingResource` where the build lacks it.
  public static func folder() throws -> URL {
    try EvaluationResource.url("sample-benchmarks")
  }
}
