"""The rule for commit messages: a subject of at most 72 characters, an empty line, and the reason.

    python .ci/commit_message.py FILE         the commit-msg hook of pre-commit calls it so
    python .ci/commit_message.py BASE..HEAD   every commit of a branch, as for a pull request

Merges are exempt, and so are commits that `git rebase --autosquash` will melt into another one.
"""

import re
import subprocess
import sys
from pathlib import Path

LONGEST = 72
EXEMPT = ("Merge ", "fixup! ", "squash! ", "amend! ")
SCISSORS = re.compile(r"^# -+ >8 -+$.*", re.MULTILINE | re.DOTALL)  # `git commit --verbose`
SIGNATURE = re.compile(r"[A-Z][\w-]*-by: .+")  # who, not why


def fault(message):
    """What is wrong with a message, in one sentence, or None."""
    lines = SCISSORS.sub("", message).splitlines()
    text = "\n".join(line.rstrip() for line in lines if not line.startswith("#")).strip()
    subject, *rest = text.split("\n")
    if not subject or subject.startswith(EXEMPT):
        return None  # an empty message is refused by git itself
    if len(subject) > LONGEST:
        return f"the subject has {len(subject)} characters, at most {LONGEST} are wanted: {subject}"
    if rest and rest[0]:
        return f"an empty line is wanted below the subject; got: {rest[0]}"
    if not any(line and not SIGNATURE.fullmatch(line) for line in rest):
        return f"a body that says why is wanted below the subject: {subject}"
    return None


def messages(argument):
    """The message in a file, or all messages of a range of commits."""
    if Path(argument).is_file():
        return [Path(argument).read_text(encoding="utf-8", errors="replace")]
    command = ["git", "log", "--no-merges", "-z", "--format=%B", argument, "--"]
    log = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", errors="replace")
    if log.returncode:
        sys.exit(f"a file or a range of commits is wanted; got {argument}")
    return log.stdout.split("\0")


def main():
    """Print all faults; fail when there is one."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    faults = list(filter(None, map(fault, messages(sys.argv[1]))))
    sys.exit("\n".join(faults) if faults else 0)


if __name__ == "__main__":
    main()
