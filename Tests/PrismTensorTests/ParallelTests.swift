import CKernels
import Foundation
import PrismTensor
import Testing

/// The thread team hands out every item once.
@Suite struct ParallelTests {
  private final class Log: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var items: [(index: Int, next: Int, worker: Int)] = []

    func add(_ index: Int, _ next: Int, _ worker: Int32) {
      lock.withLock { items.append((index, next, Int(worker))) }
    }
  }

  @Test(arguments: [0, 1, 2, 3, 100]) func everyIndexOnce(_ count: Int) {
    let log = Log()
    parallel(count) { log.add($0, -1, 0) }
    #expect(log.items.map(\.index).sorted() == Array(0..<count))
  }

  // A worker that is told what comes next for it fetches that, so it must be what it then gets.
  @Test(arguments: [0, 1, 2, 3, 100]) func nextIsWhatTheWorkerDoesNext(_ count: Int) {
    let log = Log()
    prism_parallel_ahead(
      count,
      { context, index, next, worker in
        guard let context else { return }
        Unmanaged<Log>.fromOpaque(context).takeUnretainedValue().add(index, next, worker)
      }, Unmanaged.passUnretained(log).toOpaque())
    #expect(log.items.map(\.index).sorted() == Array(0..<count))
    for items in Dictionary(grouping: log.items, by: \.worker).values {
      #expect(items.map(\.next) == items.dropFirst().map(\.index) + [-1])
    }
  }
}
