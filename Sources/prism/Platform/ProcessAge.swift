#if canImport(Darwin)
  import Darwin
#else
  import Foundation
#endif

/// How long this process has existed: what a user waited, the loading of the program included.
enum ProcessAge {
  /// Seconds, to a hundredth at least; `nil` where the system does not say.
  static var seconds: Double? {
    #if canImport(Darwin)
      var info = proc_bsdinfo()
      let size = Int32(MemoryLayout<proc_bsdinfo>.size)
      guard proc_pidinfo(getpid(), PROC_PIDTBSDINFO, 0, &info, size) == size else { return nil }
      var now = timeval()
      guard gettimeofday(&now, nil) == 0 else { return nil }
      return Double(now.tv_sec) - Double(info.pbi_start_tvsec)
        + (Double(now.tv_usec) - Double(info.pbi_start_tvusec)) / 1e6
    #else
      guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8) else {
        return nil
      }
      // The program's name, in parentheses, may hold spaces; the start is the 20th word behind it.
      let words = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
      var now = timespec()
      let ticks = sysconf(Int32(_SC_CLK_TCK))
      guard words.count > 20, let start = Double(words[20]), ticks > 0,
        clock_gettime(CLOCK_BOOTTIME, &now) == 0
      else { return nil }
      return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9 - start / Double(ticks)
    #endif
  }
}
