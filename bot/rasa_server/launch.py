"""Starts the stock Rasa server with its API token read from a file.

On the command line (Rasa's only way) every local user could read the token in the list of processes.
"""

import sys
from pathlib import Path

from rasa.__main__ import main


def run() -> None:
    """``python launch.py TOKEN_FILE ARGUMENTS-OF-RASA...``."""
    token_file, *arguments = sys.argv[1:]
    token = Path(token_file).read_text(encoding="utf-8").strip()
    # One argument: a token that begins with a dash would otherwise be taken for an option.
    sys.argv = ["rasa", *arguments, f"--auth-token={token}"]
    main()


if __name__ == "__main__":
    run()
