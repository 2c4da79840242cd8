"""A localcloud whose clock goes on by a second with each look at it: nothing is waited for."""

import os
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from localcloud.control_plane.app import create_control_plane
from localcloud.control_plane.platform import utc_now
from localcloud.home import Home
from localcloud.options import Options
from localcloud.supervisor import supervise


@dataclass
class HurriedClock:
    now: datetime = field(default_factory=utc_now)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


if __name__ == "__main__":
    first_port = int(os.environ["LOCALCLOUD_FIRST_PORT"])
    create = partial(create_control_plane, clock=HurriedClock(), first_port=first_port)
    supervise(Home(Path(sys.argv[1])), create, Options(first_port=first_port))
