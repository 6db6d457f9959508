"""Writes the tokenizer fixtures: small tokenizers with the real models' pipelines, and expected ids.

    python3 -m venv venv && venv/bin/pip install tokenizers gguf
    venv/bin/python Tools/reference/tokenizer_fixtures.py [--model smollm2-135m-instruct.gguf]

Each tokenizer is trained on the corpus below by the `tokenizers` library and saved as
NAME/tokenizer.json. NAME/expected.json holds, per text, the ids with control tokens taken as plain
text and with control tokens parsed, and what the library decodes. With --model, the vocabulary of a
SmolLM2 GGUF file is rebuilt as a `tokenizers` pipeline and its ids on the corpus are written too.
"""

import argparse
import json
import pathlib
import random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests/PrismModelTests/Fixtures/tokenizer"

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA3 = QWEN2.replace(r"\p{N}|", r"\p{N}{1,3}|", 1)

TEXTS = [
    "",
    " ",
    "Hello, world!",
    " leading space",
    "trailing space ",
    "  two  spaces   three    four  ",
    "tabs\tand\t\ttabs \t mixed\t ",
    "line\nline\n\nline\n\n\nend\n",
    "windows\r\nlines\r\n\r\nhere \r\n  indented\r",
    "\n",
    "\n\n  \n x",
    "   \n   \n  code",
    "a \u00a0 no-break \u2003em\u2003\u2003space\u3000ideographic\u2028separator\u2029 \u0085 next",
    "zero\u200bwidth\u200dand\ufeffmarks \u180e",
    "\u000b\u000c vertical \u001c\u001d\u001e\u001f separators",
    "control \x01\x02\x07\x08\x1b[31mred\x1b[0m \x7f and \x00nul",
    "I'm you're we've he'll she'd it's can't",
    "I'M YOU'RE WE'VE HE'LL SHE'D IT'S CAN'T 'Sup 'tis 'lL 'rE",
    "quote's'quotes ''s ' s 'x '\u017f '\u017ft \u2019s don\u2019t",
    "1 12 123 1234 12345678901234567890 3.14159 1e-10 0xFF",
    "x1y22z333 4th \u00bd \u00b2 \u2167 \u0663\u0664\u0665 \u0967\u0968\u0969 \u3007\u4e00\u4e8c",
    "  7  42 \n 365",
    "def f(x):\n    if x > 0:\n        return x ** 2  # square\n\n    return -x\n",
    "func main() -> Int {\n\tlet a = [1, 2, 3].map { $0 * 2 }\n\treturn a.reduce(0, +)\n}\n",
    "#include <stdio.h>\nint main(void) {\r\n  printf(\"%d\\n\", 42);\r\n  return 0;\r\n}",
    "SELECT * FROM t WHERE a >= 'b' AND c != \"d\"; -- !!!???",
    "<div class=\"x\">&nbsp;</div><!-- c --> https://example.org/a?b=c&d=%20#e",
    "$$$ ... --- === ### @@@ ~~~ ((([[[{{{}}}]]])))",
    "caf\u00e9 cafe\u0301 \u00c5 \u212b A\u030a \u1e9b\u0323 \u017f\u0323\u0307 \ufb01 \u2126 \u03a9",
    "Zalgo: Z\u0351\u036b\u0343\u036a\u0302a\u0310\u0340l\u0334g\u0321o\u0489",
    "\u0301 alone  \u0301\u0301 \u0e33 \u0f77",
    "\u1100\u1161\u11a8 \uac01 \ud55c\uad6d\uc5b4 \u1112\u1161\u11ab",
    "\u65e5\u672c\u8a9e\u306e\u6587\u7ae0\u3001\u4e2d\u6587\u53e5\u5b50\u3002\u7e41\u9ad4\u5b57\uff01\uff11\uff12",
    "\u0627\u0644\u0644\u063a\u0629 \u0627\u0644\u0639\u0631\u0628\u064a\u0629 \u0645\u064e\u0631\u0652\u062d\u064e\u0628\u064b\u0627 \u0661\u0662\u0663",
    "\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd \u05e2\u05d5\u05dc\u05dd \u200f!\u200e",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01 \u0e51\u0e52\u0e53",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e \u0915\u093c \u0958",
    "\u041f\u0440\u0438\u0432\u0435\u0442 \u0438\u0306 \u0439 \u0393\u03b5\u03b9\u03ac \u03c3\u03bf\u03c5 \u1f00\u0342 \u0531\u0532",
    "\U0001F600 \U0001F469\u200d\U0001F469\u200d\U0001F467\u200d\U0001F466 \U0001F3F3\ufe0f\u200d\U0001F308 \U0001F44D\U0001F3FD \U0001F1E9\U0001F1EA \u2764\ufe0f 1\ufe0f\u20e3",
    "\U0001D400\U0001D7D8 \U00010348 \U0002070E \U000E0001 \U0010FFFD \ue000 \ufffd \ufffe",
    "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
    "<s>[INST] Hi [/INST] there</s><unk> <s> </s> x",
    "<|endoftext|> text <|endoftext|><|endoftext|>",
    "<|begin_of_text|><|eot_id|>\n<|end_of_text|> <|im_end",
    "<|im_<|im_end|>|> <<|im_end|>>",
    "<\uff5cbegin\u2581of\u2581sentence\uff5c>hi<\uff5cend\u2581of\u2581sentence\uff5c>",
    "<tool_call>\n{\"name\": \"f\"}\n</tool_call>  <tool_call>",
    "left  <mask>  both <mask>x",
    "single <word> x<word> <word>y \u00e9<word>",
    "norm cafe\u0301! caf\u00e9!",
    "\u2581already\u2581marked \u2581\u2581 x",
    "<0x0A><0xE2> bytes spelled out",
    "the quick brown fox jumps over the lazy dog. " * 4,
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "abababababababababababab ababab abba",
]


def random_texts(count):
    """Short texts that put every class of character next to every other."""
    rng = random.Random(20260318)
    alphabet = list(" \t\n\r\u00a0\u3000'sStTmMdDrReEvVlL.,!-_1\u0664\u00b9aZ\u00e9\u0301\u4e2d\u0e01\U0001F600\u200d\u017f\u2581\x01")
    return ["".join(rng.choice(alphabet) for _ in range(rng.randint(1, 14))) for _ in range(count)]


def corpus():
    return TEXTS + random_texts(250)


def byte_level(name):
    if name == "gpt2":
        pre = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    elif name == "gpt2_prefix":
        pre = pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=True)
    elif name == "smollm":
        pre = pre_tokenizers.Sequence([
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ])
    else:
        pattern = QWEN2 if name in ("qwen2", "deepseek_qwen") else LLAMA3
        pre = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(pattern), behavior="isolated", invert=False),
            pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False),
        ])
    tokenizer = Tokenizer(models.BPE(ignore_merges=name == "llama3"))
    if name == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    if name == "deepseek_qwen":
        tokenizer.normalizer = normalizers.Sequence([])
    tokenizer.pre_tokenizer = pre
    tokenizer.decoder = decoders.ByteLevel()
    specials = {
        "gpt2": ["<|endoftext|>"],
        "gpt2_prefix": ["<|endoftext|>"],
        "smollm": ["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        "qwen2": ["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        "deepseek_qwen": ["<\uff5cend\u2581of\u2581sentence\uff5c>", "<\uff5cbegin\u2581of\u2581sentence\uff5c>"],
        "llama3": ["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"],
    }[name]
    inside = specials if name in ("gpt2", "smollm") else []
    trainer = trainers.BpeTrainer(
        vocab_size=640, special_tokens=inside, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(TEXTS * 2, trainer)
    if name == "llama3":
        tokenizer = with_unmerged_word(tokenizer)
    tokenizer.add_special_tokens(specials)
    tokenizer.add_tokens([
        AddedToken("<tool_call>", normalized=False), AddedToken("</tool_call>", normalized=False)])
    if name == "qwen2":
        tokenizer.add_tokens([
            AddedToken("<mask>", lstrip=True, rstrip=True, normalized=False),
            AddedToken("<word>", single_word=True, normalized=False),
            AddedToken("cafe\u0301!", normalized=True), AddedToken("quick brown", normalized=False),
            AddedToken("quick", normalized=False)])
    return tokenizer, specials


def with_unmerged_word(tokenizer):
    """Adds pieces to the vocabulary that no merge makes: only `ignore_merges` finds them."""
    description = json.loads(tokenizer.to_str())
    vocabulary = description["model"]["vocab"]
    for piece in ["Hello", "\u0120world", "world", "\u0120leading", "xyzzy"]:
        vocabulary.setdefault(piece, len(vocabulary))
    return Tokenizer.from_str(json.dumps(description))


def sentence_piece(name):
    vocabulary = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    marked = [text.replace(" ", "\u2581") for text in TEXTS[2:30]]
    trainer = trainers.BpeTrainer(vocab_size=700, special_tokens=vocabulary, show_progress=False, limit_alphabet=90)
    tokenizer.train_from_iterator(marked * 2, trainer)
    description = json.loads(tokenizer.to_str())
    description["added_tokens"] = []
    description["model"]["merges"] = merges_by_score(description["model"]["vocab"])
    if name == "metaspace_unknown":
        description["model"]["byte_fallback"] = False
    tokenizer = Tokenizer.from_str(json.dumps(description))
    steps = [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()]
    if name == "llama2":
        tokenizer.normalizer = normalizers.Sequence([
            normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
        tokenizer.decoder = decoders.Sequence(steps + [decoders.Strip(content=" ", left=1, right=0)])
    else:
        scheme = {"mistral": "first", "metaspace_always": "always", "metaspace_never": "never", "metaspace_unknown": "always"}[name]
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(
            replacement="\u2581", prepend_scheme=scheme, split=name in ("metaspace_always", "metaspace_unknown"))
        if scheme != "never":
            steps = steps + [decoders.Strip(content=" ", left=1, right=0)]
        tokenizer.decoder = decoders.Sequence(steps)
    specials = ["<unk>", "<s>", "</s>"]
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in specials])
    if name == "mistral":
        tokenizer.add_special_tokens(["[INST]", "[/INST]"])
    return tokenizer, ["</s>", "<s>"]


def merges_by_score(vocabulary):
    """Every way to put a piece together from two, as transformers derives merges from SentencePiece
    scores. Here a piece's score is minus its id."""
    return [
        [piece[:cut], piece[cut:]]
        for piece, id in sorted(vocabulary.items(), key=lambda item: item[1]) if id > 258
        for cut in range(1, len(piece))
        if vocabulary.get(piece[:cut], 0) > 258 and vocabulary.get(piece[cut:], 0) > 258
    ]


def gguf_metadata(tokenizer, name):
    """What a GGUF file says of the tokenizer: tokens, types, and merges or scores."""
    description = json.loads(tokenizer.to_str())
    added = {token["id"]: token["special"] for token in description["added_tokens"]}
    by_id = sorted((id, token) for token, id in tokenizer.get_vocab(with_added_tokens=True).items())
    tokens = [token for _, token in by_id]
    assert [id for id, _ in by_id] == list(range(len(tokens)))
    pieces = name == "llama2"
    types = [
        2 if pieces and id == 0 else (3 if added[id] else 4) if id in added else 6 if pieces and id < 259 else 1
        for id in range(len(tokens))
    ]
    metadata = {"model": "llama" if pieces else "gpt2", "tokens": tokens, "types": types}
    if pieces:
        metadata["scores"] = [-float(id) for id in range(len(tokens))]
    else:
        metadata["pre"] = {"gpt2": "gpt-2", "deepseek_qwen": "deepseek-r1-qwen", "llama3": "llama-bpe"}.get(name, name)
        metadata["merges"] = [" ".join(merge) for merge in description["model"]["merges"]]
    return metadata


def expectations(tokenizer, texts):
    rows = []
    for text in texts:
        tokenizer.encode_special_tokens = True
        plain = tokenizer.encode(text, add_special_tokens=False).ids
        tokenizer.encode_special_tokens = False
        parsed = tokenizer.encode(text, add_special_tokens=False).ids
        rows.append({
            "text": text, "plain": plain, "parsed": parsed if parsed != plain else None,
            "decoded": tokenizer.decode(plain, skip_special_tokens=True)})
    return rows


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")


def from_gguf(path):
    """The `tokenizers` equivalent of a SmolLM2 GGUF file's vocabulary."""
    from gguf import GGUFReader

    fields = GGUFReader(path).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    types = fields["tokenizer.ggml.token_type"].contents()
    merges = [tuple(line.split(" ")) for line in fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE(vocab={token: id for id, token in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([token for token, kind in zip(tokens, types) if kind == 3])
    return tokenizer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="a SmolLM2 GGUF file")
    arguments = parser.parse_args()
    texts = corpus()
    byte_names = ["gpt2", "gpt2_prefix", "smollm", "qwen2", "deepseek_qwen", "llama3"]
    piece_names = ["llama2", "mistral", "metaspace_always", "metaspace_never", "metaspace_unknown"]
    for name in byte_names + piece_names:
        tokenizer, specials = byte_level(name) if name in byte_names else sentence_piece(name)
        write(OUT / name / "tokenizer.json", json.loads(tokenizer.to_str()))
        write(OUT / name / "tokenizer_config.json", {
            "eos_token": specials[-1] if name in byte_names else "</s>",
            "bos_token": {"content": specials[-1]} if name in piece_names else specials[0],
            "add_bos_token": name in piece_names})
        write(OUT / name / "expected.json", expectations(tokenizer, texts))
        if name in ("gpt2", "smollm", "deepseek_qwen", "llama3", "llama2"):
            write(OUT / name / "gguf.json", gguf_metadata(tokenizer, name))
    if arguments.model:
        tokenizer = from_gguf(arguments.model)
        write(OUT / "smollm2" / "expected.json", expectations(tokenizer, texts))


if __name__ == "__main__":
    main()
