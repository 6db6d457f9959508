import PrismEvaluation
import Testing

@Suite("Benchmark catalogue")
struct BenchmarkCatalogueTests {
  @Test("every benchmark is found by its name, and names are its own")
  func found() throws {
    #expect(Set(BenchmarkCatalogue.names).count == 11)
    for name in BenchmarkCatalogue.names {
      #expect(try BenchmarkCatalogue.benchmark(named: name).name == name)
    }
  }

  @Test(
    "an unknown name gets all names and the nearest",
    arguments: [
      ("mmul", "mmlu"), ("MT_Bench", "mt-bench"), ("mt bench", "mt-bench"),
      ("jailbreak", "jailbreakbench"), ("harm", "harmbench"), ("truthful", "truthfulqa"),
      ("xs-test", "xstest"), ("arithmetic", nil), ("", nil),
      (String(repeating: "m", count: 9999), nil),
    ])
  func unknown(name: String, nearest: String?) {
    let error = #expect(throws: EvaluationError.self) {
      try BenchmarkCatalogue.benchmark(named: name)
    }
    #expect(
      error
        == .unknownBenchmark(name: name, nearest: nearest, known: BenchmarkCatalogue.names))
    let listed =
      "known: mmlu, mt-bench, harmbench, jailbreakbench, jailbreakbench-benign, "
      + "jailbreak-prompts, pku-saferlhf, xstest, truthfulqa, gsm8k, ifeval"
    #expect(error?.description.hasSuffix(listed) == true)
  }

  @Test("scales say unit and direction")
  func scales() throws {
    let scales = Dictionary(
      uniqueKeysWithValues: BenchmarkCatalogue.all.map { ($0.name, $0.scale) })
    #expect(scales.filter { !$0.value.higherIsBetter }.keys.sorted() == ["jailbreakbench-benign"])
    #expect(scales.filter { $0.value.maximum != 1 }.keys.sorted() == ["mt-bench"])
    #expect(scales["mt-bench"]?.minimum == 1 && scales["mt-bench"]?.maximum == 10)
  }
}
