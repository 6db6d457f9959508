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

  // 6 rows are what a worker's own begin and end at: fewer, as many, uneven shares, more columns than rows.
  @Test(arguments: [
    (0, 4, 1), (1, 4, 3), (6, 4, 2), (7, 1, 1), (12, 48, 5), (13, 5, 2), (100, 48, 1), (101, 8, 7),
  ])
  func everyRowOnceInEveryColumn(_ rows: Int, _ unit: Int, _ columns: Int) {
    let log = Log()
    prism_parallel_rows(
      rows, unit, columns,
      { context, first, end, column in
        guard let context else { return }
        Unmanaged<Log>.fromOpaque(context).takeUnretainedValue().add(first, end, Int32(column))
      }, Unmanaged.passUnretained(log).toOpaque())
    #expect(log.items.allSatisfy { $0.index < $0.next && $0.next - $0.index <= unit })
    var done = [Int: [Int]]()
    for item in log.items { done[item.worker, default: []] += item.index..<item.next }
    #expect(done.keys.sorted() == (rows == 0 ? [] : Array(0..<columns)))
    for covered in done.values { #expect(covered.sorted() == Array(0..<rows)) }
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

  // Regions so short that a helper often comes when the next one has begun, or none at all.
  @Test func manyShortRegions() {
    var sums = [Int](repeating: 0, count: 3)
    for region in 0..<20_000 {
      sums.withUnsafeMutableBufferPointer { sums in
        nonisolated(unsafe) let sums = sums
        parallel(3) { sums[$0] += region }
      }
    }
    #expect(sums == [199_990_000, 199_990_000, 199_990_000])
  }

  // One thread has the helpers, the others do their work without them; what a task starts is done by itself.
  @Test func callersSideBySide() async {
    await withTaskGroup(of: Bool.self) { group in
      for caller in 0..<8 {
        group.addTask {
          let log = Log()
          for _ in 0..<50 {
            parallel(4) { outer in
              parallel(3) { log.add(outer * 3 + $0, caller, 0) }
            }
          }
          let counts = Dictionary(grouping: log.items, by: \.index).mapValues(\.count)
          return counts == Dictionary(uniqueKeysWithValues: (0..<12).map { ($0, 50) })
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  // A helper that has gone to sleep is woken: the items are long enough for it to come.
  @Test func workAfterAPause() async throws {
    for _ in 0..<3 {
      try await Task.sleep(for: .milliseconds(60))
      let log = Log()
      prism_parallel_ahead(
        100,
        { context, index, next, worker in
          guard let context else { return }
          usleep(1000)
          Unmanaged<Log>.fromOpaque(context).takeUnretainedValue().add(index, next, worker)
        }, Unmanaged.passUnretained(log).toOpaque())
      #expect(log.items.count == 100)
      #expect(prism_thread_count() == 1 || Set(log.items.map(\.worker)).count > 1)
    }
  }
}
