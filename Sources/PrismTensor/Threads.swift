import CKernels

/// The thread team that matrix products and kernels share, one for the process.
public enum Threads {
  /// Threads used; by default one per core (`OMP_NUM_THREADS` is respected).
  public static var count: Int { Int(prism_thread_count()) }

  /// Sets the team's size for products started from the calling thread.
  public static func use(_ count: Int) { prism_set_thread_count(Int32(clamping: count)) }

  /// Ends the calling thread's part of the team before another thread goes on computing: with the helpers
  /// of both alive, those that compute would sleep between products.
  public static func release() { prism_release_threads() }
}
