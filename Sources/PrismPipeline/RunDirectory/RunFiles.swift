/// How a run directory reaches the disk; a test may put a full disk in its place.
package struct RunFiles: Sendable {
  /// Appends durably, after cutting the file to the given size where there is one.
  package var append: @Sendable (_ bytes: [UInt8], _ path: String, _ keeping: Int?) throws -> Void
  /// Writes a whole new file durably.
  package var create: @Sendable (_ bytes: [UInt8], _ path: String) throws -> Void

  package init(
    append: @escaping @Sendable ([UInt8], String, Int?) throws -> Void,
    create: @escaping @Sendable ([UInt8], String) throws -> Void
  ) {
    self.append = append
    self.create = create
  }

  package static let disk = RunFiles(
    append: { try POSIXFile.append($0, to: $1, keeping: $2) },
    create: { try POSIXFile.create($0, at: $1) })
}
