#if canImport(Darwin)
  import Darwin
#else
  import Foundation
#endif

enum Processor {
  /// The model's name, such as `AMD EPYC 9R14`; `nil` where the system does not say.
  static var name: String? {
    #if canImport(Darwin)
      var size = 0
      guard sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0) == 0, size > 1 else {
        return nil
      }
      var bytes = [UInt8](repeating: 0, count: size)
      guard sysctlbyname("machdep.cpu.brand_string", &bytes, &size, nil, 0) == 0 else { return nil }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    #else
      // The name is for the reader alone; without the file the report goes without it.
      guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
        return nil
      }
      let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
      let name = line?.split(separator: ":", maxSplits: 1).last?
        .trimmingCharacters(in: .whitespaces)
      return name?.isEmpty == false ? name : nil
    #endif
  }
}
