"""Does `coursekit lab` open the course? It is started in a new folder and asked for its first page.

    python .ci/start_page.py [COURSEKIT]

COURSEKIT is the command of the environment to try, otherwise the one on PATH.
"""

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

PATIENCE = 120  # seconds until the server must be there


def start_page(command="coursekit", environment=None):
    """The file that a browser is led to, once the server has handed it out.

    Ends the program with what the command printed when there is none.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as place:
        running, log = Path(place, "running"), Path(place, "log.txt")
        environment = (environment or os.environ) | {"JUPYTER_RUNTIME_DIR": str(running)}
        with log.open("wb") as out:
            lab = [command, "lab", str(Path(place, "course")), "--no-browser"]
            process = subprocess.Popen(lab, cwd=place, env=environment, stdout=out, stderr=out)
        try:
            server = _wait_for_server(running, process)
            file = _first_file(server)
            _ask(server, "api/shutdown", method="POST").close()
            process.wait(PATIENCE)
            return file
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            said = log.read_text(encoding="utf-8", errors="replace")
            sys.exit(f"{command} lab opens no page: {error}; it printed\n{said}")
        finally:
            process.kill()


def _wait_for_server(running, process):
    """What the server writes about itself, its address and its token, once it answers."""
    for _ in range(10 * PATIENCE):
        for path in running.glob("jpserver-*.json"):
            with suppress(OSError, ValueError):  # it is written before the server listens
                server = json.loads(path.read_text(encoding="utf-8"))
                _ask(server, "api").close()
                return server
        if process.poll() is not None:
            raise OSError(f"it ended with status {process.returncode}")
        time.sleep(0.1)
    raise OSError(f"no server after {PATIENCE} s")


def _first_file(server):
    with _ask(server) as page:
        _, _, path = page.geturl().partition("/lab/tree/")
    with _ask(server, f"api/contents/{path}") as answer:
        file = json.load(answer)
    if file["type"] == "directory" or not file["content"]:
        raise ValueError(f"a file is wanted; got {path or 'no name'}")
    return path


def _ask(server, path="", method="GET"):
    authorization = {"Authorization": f"token {server['token']}"}
    return urlopen(Request(server["url"] + path, headers=authorization, method=method), timeout=30)


if __name__ == "__main__":
    print(f"coursekit lab opens {start_page(*sys.argv[1:])}")
