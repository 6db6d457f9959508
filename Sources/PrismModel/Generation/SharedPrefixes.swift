/// Prompt beginnings that several requests have in common: a persona, a stage's instructions. Each is
/// read once, and every request of its group goes on from a copy of its cache.
///
/// The groups follow from the requests alone, never from timing, so the same requests always share the
/// same prefixes.
struct SharedPrefixes {
  /// Shorter beginnings cost less to read again than to keep.
  static let minimumLength = 64

  private struct Key: Hashable {
    let beginning: ArraySlice<Int32>
    let policy: RoutePolicy
  }

  private struct Group {
    var prompt: [Int32]
    /// Tokens all members begin with.
    var length: Int
    var waiting: Int
    var cache: KeyValueCache?
  }

  private var groups: [Group] = []
  /// Group of each request, where it has one.
  private var groupOf: [Int?]

  /// - Parameter isRouted: whether the gate decides `.auto` requests. What they share above the gate's
  ///   layer depends on a route that is not known yet, so they share nothing.
  init(_ requests: [GenerationRequest], isRouted: Bool) {
    groupOf = Array(repeating: nil, count: requests.count)
    var indices: [Key: Int] = [:]
    for (index, request) in requests.enumerated() {
      let tokens = request.prompt.tokens
      guard tokens.count > Self.minimumLength, !(isRouted && request.policy == .auto) else { continue }
      let key = Key(beginning: tokens.prefix(Self.minimumLength), policy: request.policy)
      if let group = indices[key] {
        // The last token stays outside: its logits are wanted.
        let limit = min(groups[group].length, tokens.count - 1)
        let shared = zip(groups[group].prompt, tokens).prefix(limit).prefix { $0 == $1 }.count
        groups[group].length = shared
        groups[group].waiting += 1
        groupOf[index] = group
      } else {
        indices[key] = groups.count
        groupOf[index] = groups.count
        groups.append(Group(prompt: tokens, length: tokens.count - 1, waiting: 1))
      }
    }
  }

  /// A cache that holds the request's shared beginning, if it shares one.
  ///
  /// - Parameter read: fills a new cache with tokens; called once a group.
  mutating func cache(
    for request: Int, read: (ArraySlice<Int32>) throws -> KeyValueCache
  ) rethrows -> KeyValueCache? {
    guard let index = groupOf[request] else { return nil }
    groupOf[request] = nil
    groups[index].waiting -= 1
    // A group of one, or the last of a group that nobody read for, has nothing to share.
    guard groups[index].cache != nil || groups[index].waiting > 0 else { return nil }
    let shared =
      try groups[index].cache ?? read(groups[index].prompt[..<groups[index].length])
    groups[index].cache = groups[index].waiting > 0 ? shared : nil
    return shared.fork(length: groups[index].length)
  }
}
