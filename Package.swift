// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil)
  -> Target
{
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil)
  -> Target
{
  .testTarget(
    name: name, dependencies: dependencies + ["PrismTesting"], resources: resources,
    swiftSettings: swiftSettings)
}

let package = Package(
  name: "prism",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "prism", targets: ["prism"]),
    .library(name: "PrismModel", targets: ["PrismModel"]),
    .library(name: "PrismRouter", targets: ["PrismRouter"]),
    .library(name: "PrismTraining", targets: ["PrismTraining"]),
    .library(name: "PrismPipeline", targets: ["PrismPipeline"]),
    .library(name: "PrismEvaluation", targets: ["PrismEvaluation"]),
    .library(name: "PrismTesting", targets: ["PrismTesting"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CDNNL", providers: [.apt(["libdnnl-dev"]), .brew(["onednn"])]),
    .target(
      name: "CKernels", dependencies: ["CDNNL"], linkerSettings: [.linkedLibrary("dnnl")]),
    library("PrismTensor", ["CKernels"]),
    library(
      "PrismModel",
      [
        "PrismTensor", "CKernels",
        .product(name: "Collections", package: "swift-collections"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    library("PrismRouter", ["PrismModel", "PrismTensor"]),
    library("PrismTraining", ["PrismRouter", "PrismModel", "PrismTensor", "CKernels"]),
    library(
      "PrismPipeline",
      [
        "PrismTraining", "PrismRouter", "PrismModel", "PrismTensor",
        .product(name: "Yams", package: "Yams"),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      resources: [.copy("Resources/personas"), .copy("Resources/prompts"), .copy("Resources/presets")]),
    library(
      "PrismEvaluation",
      [
        "PrismPipeline", "PrismTraining", "PrismRouter", "PrismModel", "PrismTensor",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      resources: [
        .copy("Resources/control-text.txt"), .copy("Resources/judge-prompts"),
        .copy("Resources/languages.json"), .copy("Resources/refusal-phrases.txt"),
        .copy("Resources/report"), .copy("Resources/sample-benchmarks"),
      ]),
    library(
      "PrismServer",
      [
        "PrismRouter", "PrismModel", "PrismTensor",
        .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      resources: [.copy("Resources")]),
    library(
      "PrismBenchmark", ["PrismTraining", "PrismRouter", "PrismModel", "PrismTensor", "CKernels"]),
    .executableTarget(
      name: "prism",
      dependencies: [
        "PrismEvaluation", "PrismPipeline", "PrismServer", "PrismBenchmark", "PrismTraining",
        "PrismRouter", "PrismModel",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: swiftSettings),
    library("PrismTesting", ["PrismTensor", "PrismModel"]),
    tests("PrismTensorTests", ["PrismTensor", "CKernels"]),
    tests("PrismModelTests", ["PrismModel", "PrismTensor", "CKernels"], resources: [.copy("Fixtures")]),
    tests("PrismRouterTests", ["PrismRouter", "PrismModel", "PrismTensor"], resources: [.copy("Fixtures")]),
    tests(
      "PrismTrainingTests",
      ["PrismTraining", "PrismRouter", "PrismModel", "PrismTensor", "CKernels"],
      resources: [.copy("Fixtures")]),
    tests("PrismPipelineTests", ["PrismPipeline", "PrismTraining", "PrismRouter", "PrismModel"]),
    tests(
      "PrismBenchmarkTests",
      ["PrismBenchmark", "PrismTraining", "PrismRouter", "PrismModel", "PrismTensor", "CKernels"]),
    tests(
      "PrismEvaluationTests",
      [
        "PrismEvaluation", "PrismPipeline", "PrismTraining", "PrismRouter", "PrismModel",
        "PrismTensor",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      resources: [.copy("Fixtures")]),
    tests(
      "PrismServerTests",
      [
        "PrismServer", "PrismRouter", "PrismModel", "PrismTensor",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    tests("CommandTests", ["PrismPipeline", "PrismModel"]),
  ],
  swiftLanguageModes: [.v6]
)
