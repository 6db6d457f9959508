import CKernels

/// Calls `body` for every index in `0..<count` on the shared thread team and waits.
///
/// The body must touch only what belongs to its index.
package func parallel(_ count: Int, _ body: (Int) -> Void) {
  withoutActuallyEscaping(body) { body in
    var context = body
    withUnsafeMutablePointer(to: &context) { pointer in
      prism_parallel_for(
        count, { context, index, _ in
          context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(index)
        }, pointer)
    }
  }
}
