import Foundation
import PrismModel
import PrismRouter
import PrismTesting
import Testing

@Suite("Bundle on disk")
struct RouterBundleTests {
  @Test func roundTripsBitForBit() throws {
    try BundleToys.withFolder { parent in
      let bundle = try BundleToys.bundle()
      let folder = parent + "/runs/bundle"
      try bundle.write(to: folder)
      #expect(try BundleToys.load(folder) == bundle)
      #expect(try RouterBundle.manifest(of: folder) == bundle.manifest)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(Set(names) == Set(RouterBundle.fileNames))
      // Nothing but the bundle is left beside it.
      #expect(try FileManager.default.contentsOfDirectory(atPath: parent + "/runs") == ["bundle"])
    }
  }

  @Test func sameBundleSameBytes() throws {
    try BundleToys.withFolder { parent in
      for name in ["a", "b"] { try BundleToys.bundle().write(to: parent + "/" + name) }
      for name in RouterBundle.fileNames {
        let first = try Data(contentsOf: URL(filePath: "\(parent)/a/\(name)"))
        #expect(try Data(contentsOf: URL(filePath: "\(parent)/b/\(name)")) == first)
      }
    }
  }

  /// (key of prism.json, JSON or nothing to take it away, part of the sentence).
  @Test(
    arguments: [
      ("formatVersion", "2", "has bundle format 2, this program reads format 1; use a newer prism"),
      ("formatVersion", "0", "distill the bundle again"),
      ("formatVersion", "\"1\"", "formatVersion is not of type Int"),
      ("formatVersion", nil, "formatVersion is missing"),
      ("model.fingerprint", "\"ffff\"", "fingerprint ffff, not for the one given (0123abcd)"),
      ("model.tokenizerFingerprint", "\"ffff\"", "tokenizer of fingerprint ffff"),
      ("model.name", nil, "model.name is missing"),
      ("gateLayer", "3", "gateLayer is 3, allowed: 0 to 2"),
      ("gateLayer", "-1", "gateLayer is -1, allowed: 0 to 2"),
      ("gateLayer", "1", "the adapter's lowest layer is 1, allowed: above the gate's layer 1"),
      ("gateLayer", "1.5", "prism.json is damaged"),
      ("threshold", "1.01", "threshold is 1.01, allowed: 0 to 1"),
      ("threshold", "-0.5", "threshold is -0.5, allowed: 0 to 1"),
      ("threshold", "null", "threshold is null"),
      ("adapterDropout", "1", "adapterDropout is 1.0"),
      ("numbers.gate", "\"good\"", "numbers.gate is not of type Double"),
    ] as [(String, String?, String)])
  func damagedManifestsAreNamed(key: String, json: String?, message: String) throws {
    try BundleToys.withFolder { parent in
      let folder = parent + "/bundle"
      try BundleToys.bundle().write(to: folder)
      let value = try json.map {
        try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
      }
      try BundleToys.edit(folder + "/prism.json", key, value)
      let error = #expect(throws: RouterError.self) { try BundleToys.load(folder) }
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "none")")
    }
  }

  @Test func missingFilesAreNamed() throws {
    for name in RouterBundle.fileNames {
      try BundleToys.withFolder { parent in
        let folder = parent + "/bundle"
        try BundleToys.bundle().write(to: folder)
        try FileManager.default.removeItem(atPath: folder + "/" + name)
        #expect {
          try BundleToys.load(folder)
        } throws: {
          "\($0)".contains(name) && "\($0)".contains("No such file")
        }
      }
    }
  }

  @Test func anAdapterOfAnotherShapeIsRefused() throws {
    try BundleToys.withFolder { parent in
      let folder = parent + "/bundle"
      try BundleToys.bundle().write(to: folder)
      var other = BundleToys.model
      other.feedForwardSize = 96
      #expect {
        try RouterBundle.load(folder, model: other, expectedFingerprint: BundleToys.fingerprint)
      } throws: { error in
        guard case RouterError.problems(_, let problems) = error else { return false }
        // B of gate and up, A of down, in either layer.
        return problems.count == 6 && problems.allSatisfy { $0.contains("64") && $0.contains("96") }
      }
    }
  }

  @Test func partsThatDoNotFitMakeNoBundle() throws {
    let model = BundleManifest.Model(name: "m", fingerprint: "f", tokenizerFingerprint: "t")
    #expect(throws: RouterError.self) {
      try RouterBundle(
        adapter: BundleToys.adapter(), dropout: 0, gate: BundleToys.gate(layer: 1), model: model)
    }
    #expect(throws: RouterError.self) {
      try RouterBundle(
        adapter: BundleToys.adapter(), dropout: 0, gate: BundleToys.gate(featureCount: 31),
        model: model)
    }
    #expect(throws: RouterError.self) {
      try RouterBundle(
        adapter: BundleToys.adapter(), dropout: 0, gate: BundleToys.gate(threshold: 2), model: model
      )
    }
    #expect(throws: RouterError.self) {
      try RouterBundle(
        adapter: BundleToys.adapter(), dropout: 0, gate: BundleToys.gate(), model: model,
        numbers: ["loss": .nan])
    }
  }

  @Test func anOlderBundleIsReplaced() throws {
    try BundleToys.withFolder { parent in
      let folder = parent + "/bundle"
      try BundleToys.bundle().write(to: folder)
      let newer = try RouterBundle(
        adapter: BundleToys.adapter(layers: 2..<3), dropout: 0, gate: BundleToys.gate(layer: 1),
        model: BundleToys.bundle().manifest.model)
      try newer.write(to: folder)
      #expect(try BundleToys.load(folder) == newer)
      #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == ["bundle"])
    }
  }

  @Test func anythingElseIsNotReplaced() throws {
    try BundleToys.withFolder { parent in
      let notes = parent + "/home/notes.txt"
      try FileManager.default.createDirectory(
        atPath: parent + "/home", withIntermediateDirectories: false)
      try Data("mine".utf8).write(to: URL(filePath: notes))
      #expect {
        try BundleToys.bundle().write(to: parent + "/home")
      } throws: {
        "\($0)".contains("notes.txt, which is no part of a bundle")
      }
      #expect {
        try BundleToys.bundle().write(to: notes)
      } throws: {
        "\($0)".contains("it is not a folder")
      }
      #expect(try Data(contentsOf: URL(filePath: notes)) == Data("mine".utf8))
    }
  }

  /// Where folders cannot be swapped in one step, a crash may leave the old bundle beside its
  /// place, and a killed write leaves a draft. The next write clears both up.
  @Test func leftoversOfACrashAreClearedUp() throws {
    try BundleToys.withFolder { parent in
      let files = FileManager.default
      let folder = parent + "/bundle"
      try BundleToys.bundle().write(to: folder)
      try files.moveItem(atPath: folder, toPath: parent + "/.bundle.previous")
      try files.createDirectory(
        atPath: parent + "/.bundle.writing", withIntermediateDirectories: false)
      try Data("half".utf8).write(to: URL(filePath: parent + "/.bundle.writing/prism.json"))
      try BundleToys.bundle().write(to: folder)
      #expect(try BundleToys.load(folder) == BundleToys.bundle())
      #expect(try files.contentsOfDirectory(atPath: parent) == ["bundle"])
    }
  }

  @Test func anUnwritablePlaceIsNamed() throws {
    try BundleToys.withFolder { parent in
      let file = parent + "/file"
      try Data().write(to: URL(filePath: file))
      let error = #expect(throws: RouterError.self) {
        try BundleToys.bundle().write(to: file + "/bundle")
      }
      #expect(error?.description.contains(file) == true)
    }
  }

  /// Each of 2,000 seeded mutations of the bundle's files loads or throws an error with a sentence.
  @Test func mutatedFilesLoadOrThrow() throws {
    try BundleToys.withFolder { parent in
      let folder = parent + "/bundle"
      try BundleToys.bundle().write(to: folder)
      var refused = 0
      for name in RouterBundle.fileNames {
        let url = URL(filePath: folder + "/" + name)
        let sound = try Data(contentsOf: url)
        for seed in 0..<UInt64(500) {
          var mutator = Mutator(seed: seed)
          try Data(mutator.mutate(Array(sound))).write(to: url)
          do {
            _ = try BundleToys.load(folder)
          } catch {
            refused += 1
            #expect(error is RouterError || error is ModelError, "\(name) seed \(seed): \(error)")
          }
        }
        try sound.write(to: url)
      }
      #expect(refused > 1000)
      #expect(try BundleToys.load(folder) == BundleToys.bundle())
    }
  }
}
