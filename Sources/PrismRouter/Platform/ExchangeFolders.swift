import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Swaps two folders of one file system in one step; false when the system cannot.
func exchangeFolders(_ first: URL, _ second: URL) -> Bool {
  let (one, other) = (first.path(percentEncoded: false), second.path(percentEncoded: false))
  #if canImport(Glibc)
    // Swift's Glibc module hides renameat2 behind _GNU_SOURCE, so it is looked up by name.
    typealias Rename =
      @convention(c) (
        CInt, UnsafePointer<CChar>, CInt, UnsafePointer<CChar>, CUnsignedInt
      ) -> CInt
    guard let symbol = dlsym(nil, "renameat2") else { return false }
    let exchange: CUnsignedInt = 2  // RENAME_EXCHANGE of linux/fs.h
    return unsafeBitCast(symbol, to: Rename.self)(AT_FDCWD, one, AT_FDCWD, other, exchange) == 0
  #elseif canImport(Darwin)
    return renamex_np(one, other, UInt32(RENAME_SWAP)) == 0
  #else
    return false
  #endif
}
