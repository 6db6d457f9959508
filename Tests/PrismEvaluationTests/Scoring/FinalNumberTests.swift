import PrismEvaluation
import Testing

@Suite("Final number")
struct FinalNumberTests {
  @Test(
    "the last number is read, in one spelling",
    arguments: [
      ("The answer is 18.", "18"), ("so she makes $18 every day.", "18"), ("18", "18"),
      ("It costs $1,234.50.", "1234.5"), ("in all 1,000,000 people", "1000000"),
      ("there are 1,2,3", "3"), ("either 1,234,56", "56"), ("see 12,3456", "3456"),
      ("5 + 3 = 8 apples", "8"), ("It is -7 degrees.", "-7"), ("It is \u{2212}7.", "-7"),
      ("a loss of -$5", "-5"), ("a loss of $-5", "-5"), ("10-5", "5"), ("(2)-1", "1"),
      ("x=-5", "-5"), ("COVID-19", "19"), ("--3", "3"), ("0.50", "0.5"), (".5 litres", "0.5"),
      ("18.00", "18"), ("007", "7"), ("-0", "0"), ("-0.0", "0"), ("3.14.", "3.14"),
      ("**42**", "42"), ("\\boxed{42}", "42"), ("50%", "50"), ("first 4, then 6.", "6"),
      ("12345678901234567890123", "12345678901234567890123"),
      // The mark wins over what follows it.
      ("2+2=4\n#### 4\nI checked 3 times.", "4"), ("#### $1,300", "1300"), ("####5", "5"),
      ("#### 1\n#### 2", "2"), ("#### **-3**", "-3"),
      // A heading is no mark.
      ("#### Step 3: add 5 and 6\nThat is 11.", "11"), ("#### \nIt is 9", "9"),
      ("<think>maybe 7</think>It is 8", "8"), ("It is 8<think>7</think>none", nil),
      ("<think>7", nil), ("no idea", nil), ("", nil), ("####", nil), ("-", nil), (".", nil),
      ("$", nil), (",", nil),
    ] as [(String, String?)])
  func read(answer: String, expected: String?) {
    #expect(FinalNumber.read(answer) == expected)
  }

  @Test("a solution's number has to follow the mark")
  func marked() {
    #expect(FinalNumber.marked(in: "5+5=10\n#### 10") == "10")
    #expect(FinalNumber.marked(in: "5+5=10") == nil)
    #expect(FinalNumber.marked(in: "#### ten, or 10") == nil)
  }
}
