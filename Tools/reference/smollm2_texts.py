"""Texts that smollm2.py cuts its prompts from: (name, text) to continue, and (name, messages) to render as a chat."""

PLAIN = [
    ("seasons", "In spring the days grow longer and the first flowers open. In summer the sun stands high and the "
     "nights are short and warm. In autumn the leaves turn red and fall from the trees, and in winter snow covers the "
     "fields until the ice melts again."),
    ("capitals", "The capital of France is Paris. The capital of Italy is Rome. The capital of Japan is Tokyo. The "
     "capital of Egypt is Cairo, and the capital of Spain is Madrid, a city of more than three million people."),
    ("python", "def factorial(n):\n    if n == 0:\n        return 1\n    return n * factorial(n - 1)\n\n\n"
     "def mean(values):\n    total = 0\n    for value in values:\n        total += value\n    return total / len(values)\n"),
    ("swift", "struct Point {\n  let x: Double\n  let y: Double\n\n  func distance(to other: Point) -> Double {\n    let dx = "
     "x - other.x\n    let dy = y - other.y\n    return (dx * dx + dy * dy).squareRoot()\n  }\n}\n"),
    ("counting", "One, two, three, four, five, six, seven, eight, nine, ten. Ten, nine, eight, seven, six, five, four, "
     "three, two, one. Monday, Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday are the days of the week."),
    ("bread", "To bake bread you need flour, water, salt and yeast. Mix the flour and the water, let the dough rest for "
     "half an hour, then add the salt. Knead it until it is smooth, let it rise in a warm place, and bake it in a hot oven."),
    ("blood", "The heart pumps blood through the body. The arteries carry blood away from the heart, and the veins carry "
     "it back. In the lungs the blood takes up oxygen and gives off carbon dioxide, which leaves the body with the breath."),
    ("letter", "Dear Mr. Smith,\n\nThank you for your letter of the third of May. I am sorry to hear that the lamp you "
     "bought from us does not work. Please send it back and we will give you a new one.\n\nYours sincerely,\nAnna Brown"),
    ("languages", "Bonjour, je m'appelle Marie et j'habite à Paris. Guten Tag, ich heiße Karl und ich wohne in Berlin. "
     "こんにちは。私は東京に住んでいます。"),
    ("json", '{"name": "lamp", "price": 12.50, "colors": ["red", "green", "blue"], "inStock": true, "size": {"height": 40, '
     '"width": 20}}\n{"name": "table", "price": 89.00, "colors": ["brown", "white"], "inStock": false}'),
]  # fmt: skip


def turn(user, answer, system=None):
    head = [{"role": "system", "content": system}] if system else []
    return head + [{"role": "user", "content": user}, {"role": "assistant", "content": answer}]


CHATS = [
    ("sky", turn("Why is the sky blue?", "The sky is blue because the air scatters the short waves of sunlight, which "
                 "are blue, more strongly than the long ones, which are red.")),
    ("tea", turn("How do I make a good cup of tea?", "Boil fresh water, put one bag of tea in a cup, pour the water over "
                 "it, wait for three to five minutes, and take the bag out. Add milk or sugar if you like.",
                 "You are a friendly cook.")),
    ("sum", turn("What is 17 plus 25?", "17 plus 25 is 42. To see this, add 17 and 20 to get 37, then add 5 to get 42.",
                 "You are a mathematician.")),
    ("poem", turn("Write a short poem about the sea.", "The waves roll in, the waves roll out,\nthe gulls above them "
                  "wheel and shout,\nand all the sand along the shore\nis smoother than it was before.",
                  "You are a poet who writes simple verses.")),
    ("reverse", turn("Write a Python function that reverses a string.", "Here is a function that reverses a string:\n\n"
                     "```python\ndef reverse(text):\n    return text[::-1]\n```\n\nIt uses a slice with a step of -1.")),
    ("water", turn("At what temperature does water boil?", "Water boils at 100 degrees Celsius, or 212 degrees Fahrenheit, "
                   "at sea level. On a high mountain it boils at a lower temperature.", "You are a careful scientist.")),
]  # fmt: skip

# Chats that end where the assistant is about to speak: (user, system or None); smollm2.py keeps the clearest four.
QUESTIONS = [
    (question, system)
    for question in [
        "Who wrote Romeo and Juliet?", "What is the largest planet?", "Say hello.", "Translate 'good morning' to French.",
        "Give me three names for a cat.", "What is photosynthesis?", "How many legs does a spider have?",
        "Is it safe to mix bleach and ammonia?", "What is the capital of Canada?", "Explain gravity to a child.",
        "Fix the sentence: 'He go to school.'", "What rhymes with 'light'?",
    ]
    for system in [None, "You are a helpful teacher.", "You are a safety monitor. Be brief."]
]  # fmt: skip
