"""A control plane in a process of its own, to be killed: takes a home folder, prints its URL."""

import sys
from pathlib import Path

from localcloud.asgi_server import listen, serve
from localcloud.control_plane.app import create_control_plane
from localcloud.home import Home

if __name__ == "__main__":
    with serve(create_control_plane(Home(Path(sys.argv[1]))), listen()) as url:
        print(url, flush=True)
        sys.stdin.read()
