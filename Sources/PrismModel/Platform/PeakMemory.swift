#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

package enum PeakMemory {
  /// The most memory this process has held, in bytes; nil where the system does not say.
  package static var bytes: Int? {
    var usage = rusage()
    #if canImport(Darwin)
      let unit = 1
      guard getrusage(RUSAGE_SELF, &usage) == 0 else { return nil }
    #else
      let unit = 1024
      guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
    #endif
    return Int(usage.ru_maxrss) * unit
  }
}
