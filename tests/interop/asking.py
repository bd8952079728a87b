# SPDX-License-Identifier: MIT
"""Programs that answer questions, a line of JSON for each."""

import json
import subprocess


def ask(command, questions):
    """The answers of a program that is given a question in each line."""
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(questions):
        raise AssertionError(f"{len(answers)} answers to {len(questions)} questions")
    return answers
