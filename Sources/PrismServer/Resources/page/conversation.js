/** A conversation: questions, each with the answers that it got. */
export class Conversation {
  #turns = [];

  /** Begins a turn. Its `decision`, the gate's route, is filled in once it is known. */
  add(question) {
    const turn = { question, answers: {}, decision: null };
    this.#turns.push(turn);
    return turn;
  }

  remove(turn) {
    this.#turns = this.#turns.filter((other) => other !== turn);
  }

  clear() {
    this.#turns = [];
  }

  /**
   * What is sent for `turn`: all turns before it and its question. Where two answers stood side by side,
   * each route goes on from its own and the gate from the one that it had chosen. Turns without an
   * answer are left out.
   */
  messages(turn, lane, system) {
    const messages = system ? [{ role: "system", content: system }] : [];
    for (const earlier of this.#turns.slice(0, this.#turns.indexOf(turn))) {
      const answer = answerFor(earlier, lane);
      if (!answer) continue;
      messages.push({ role: "user", content: earlier.question });
      messages.push({ role: "assistant", content: answer });
    }
    messages.push({ role: "user", content: turn.question });
    return messages;
  }
}

/** `answers` has the text of each position of the switch that was asked. */
function answerFor({ answers, decision }, lane) {
  const lanes = Object.keys(answers);
  if (lanes.length === 1) return answers[lanes[0]];
  return answers[lane] ?? answers[decision ?? "base"];
}
