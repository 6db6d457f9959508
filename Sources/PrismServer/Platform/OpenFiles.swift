#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How many files, connections among them, this process may have open.
enum OpenFiles {
  /// Raises the limit to `needed` as far as the system lets it. Throws `ServerError.openFiles` if that
  /// is not far enough.
  static func require(_ needed: Int) throws {
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let resource = RLIMIT_NOFILE
    #endif
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < rlim_t(needed) else { return }
    let allowed = limit.rlim_max
    limit.rlim_cur = min(rlim_t(needed), allowed)
    guard allowed >= rlim_t(needed), setrlimit(resource, &limit) == 0 else {
      throw ServerError.openFiles(allowed: Int(clamping: allowed), needed: needed)
    }
  }
}
