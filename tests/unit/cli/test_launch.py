"""The launcher of the Rasa process, with a stand-in for Rasa that prints what it was started with."""

import os
import subprocess
import sys

import pytest

from bot.settings import ROOT


@pytest.mark.parametrize("token", ["plain", "-begins-with-a-dash", "--so-does-this"])
def test_any_token_reaches_rasa_as_one_argument(tmp_path, token):
    (tmp_path / "rasa").mkdir()
    (tmp_path / "rasa" / "__main__.py").write_text("import sys\n\ndef main():\n    print(sys.argv)\n", encoding="utf-8")
    (tmp_path / "token").write_text(f"{token}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(ROOT / "bot" / "rasa_server" / "launch.py"), str(tmp_path / "token"), "run", "-p", "1"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == str(["rasa", "run", "-p", "1", f"--auth-token={token}"])
