"""The page's modules by themselves."""

from visitor import check

# Cuts a text with every kind of line break at every two places, and bytes one by one.
PARSER = """async () => {
  const { EventReader } = await import('/page/events.js');
  const text = ': a comment\\ndata: {"a": "ü€😀"}\\r\\n\\r\\ndata:one\\r\\ndata: two\\n\\nevent: x\\r\\rdata\\ndata: last\\r\\r\\n';
  const expected = JSON.stringify(['{"a": "ü€😀"}', 'one\\ntwo', 'last']);
  const wrong = [];
  for (let i = 0; i <= text.length; i += 1) for (let j = i; j <= text.length; j += 1) {
    const reader = new EventReader();
    const parts = [text.slice(0, i), text.slice(i, j), text.slice(j)];
    const found = JSON.stringify(parts.flatMap((part) => reader.push(part)));
    if (found !== expected) wrong.push([i, j, found]);
  }
  return wrong.slice(0, 3);
}"""

BYTES = """async () => {
  const { Api } = await import('/page/api.js');
  const event = (delta) => `data: ${JSON.stringify({ choices: [{ delta: { content: delta } }] })}\\r\\n\\r\\n`;
  const bytes = new TextEncoder().encode(event('ü€') + event('😀') + 'data: [DONE]\\n\\n');
  const fetched = window.fetch;
  window.fetch = async () => new Response(new ReadableStream({
    start(controller) { for (const byte of bytes) controller.enqueue(Uint8Array.of(byte)); controller.close(); },
  }));
  let text = '';
  for await (const piece of new Api({ current: '' }).chat({})) text += piece.text ?? '';
  window.fetch = fetched;
  return text;
}"""

GROUPS = """async () => {
  const { groups } = await import('/page/models.js');
  return [
    groups(['m']), groups(['m', 'm:adapter', 'm:prism']),
    groups(['m', 'm:a:adapter', 'm:a:prism', 'm:b:adapter', 'm:b:prism']), groups(['x:1', 'x:1:adapter', 'x:1:prism', 'x']),
  ].map((list) => list.map((group) => [group.label, group.base, group.adapter, group.prism]));
}"""

PROBABILITIES = """async () => {
  const { probabilityText, thresholdText } = await import('/page/decision.js');
  return [probabilityText(0.73141, 0.5), probabilityText(0.49962, 0.5), probabilityText(0.5, 0.5),
    probabilityText(1, null), thresholdText(0.5), thresholdText(0.3125), thresholdText(0.699999988079071)];
}"""


def parser(visitor):
    wrong = visitor.page.evaluate(PARSER)
    check(wrong == [], f"events are read however they are cut {wrong or ''}")
    check(visitor.page.evaluate(BYTES) == "ü€😀", "characters are read however their bytes arrive")
    check(visitor.page.evaluate(GROUPS) == [
        [["m", "m", None, None]],
        [["m", "m", "m:adapter", "m:prism"]],
        [["m · a", "m", "m:a:adapter", "m:a:prism"], ["m · b", "m", "m:b:adapter", "m:b:prism"]],
        [["x:1", "x:1", "x:1:adapter", "x:1:prism"], ["x", "x", None, None]],
    ], "names are grouped by bundle")
    check(visitor.page.evaluate(PROBABILITIES) == ["0.731", "0.4996", "0.500", "1.000", "0.50", "0.3125", "0.70"],
          "a probability never looks equal to the threshold it is not")
    visitor.close()
