"""What the OpenAPI description says in words, because JSON Schema cannot say it."""

import schemathesis


@schemathesis.hook
def filter_case(context, case):
    """Conversations do not end with the assistant, and prompts times n have a limit."""
    body = case.body
    if not isinstance(body, dict):
        return True
    messages = body.get("messages")
    if isinstance(messages, list) and messages:
        last = messages[-1]
        if isinstance(last, dict) and last.get("role") == "assistant":
            return False
    prompts, n = body.get("prompt"), body.get("n")
    if isinstance(prompts, list) and isinstance(n, (int, float)):
        return len(prompts) * n <= 8
    return True
