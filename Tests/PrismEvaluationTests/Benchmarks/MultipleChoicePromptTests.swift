import PrismEvaluation
import Testing

@Suite("Multiple-choice prompt")
struct MultipleChoicePromptTests {
  private let question = LetterQuestion(
    question: "Which is even?", choices: ["1", "2", "3", "5"], answer: 1,
    subject: "elementary_mathematics")
  private let example = LetterQuestion(
    question: "What is 2 + 2?", choices: ["3", "5", "4", "2"], answer: 2,
    subject: "elementary_mathematics")

  @Test("raw, without examples: header with two blanks, question, choices, open answer")
  func raw() {
    let prompt = MultipleChoicePrompt(style: .raw)
    #expect(
      prompt.text(for: question) == """
        The following are multiple choice questions (with answers) about  elementary mathematics.

        Which is even?
        A. 1
        B. 2
        C. 3
        D. 5
        Answer:
        """)
    #expect(prompt.continuations(for: question) == [" A", " B", " C", " D"])
  }

  @Test("raw, with examples: each with its letter and an empty line after it")
  func rawWithExamples() {
    let prompt = MultipleChoicePrompt(style: .raw, examples: [example, question])
    #expect(
      prompt.text(for: question) == """
        The following are multiple choice questions (with answers) about  elementary mathematics.

        What is 2 + 2?
        A. 3
        B. 5
        C. 4
        D. 2
        Answer: C

        Which is even?
        A. 1
        B. 2
        C. 3
        D. 5
        Answer: B

        Which is even?
        A. 1
        B. 2
        C. 3
        D. 5
        Answer:
        """)
  }

  @Test("chat: a user turn that asks for the letter, which then has no blank before it")
  func chat() {
    let prompt = MultipleChoicePrompt(style: .chat)
    #expect(
      prompt.text(for: question) == """
        The following is a multiple choice question about elementary mathematics.

        Which is even?
        A. 1
        B. 2
        C. 3
        D. 5

        Answer with the letter of the right choice and nothing else: A, B, C or D.
        Answer:
        """)
    #expect(prompt.continuations(for: question) == ["A", "B", "C", "D"])
    let shown = MultipleChoicePrompt(style: .chat, examples: [example]).text(for: question)
    #expect(
      shown.hasPrefix(
        "The following are multiple choice questions about elementary mathematics, with answers."
          + "\n\nWhat is 2 + 2?\nA. 3\nB. 5\nC. 4\nD. 2\nAnswer: C\n\nWhich is even?\nA. 1\n"))
  }
}
