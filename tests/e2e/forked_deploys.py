"""Deploys in forks of a process that has imported Pulumi, which takes longer than most deploys.

Requests come on stdin, one JSON document a line; each is answered by one line on stdout.
"""

import os
import sys

import pulumi_docker  # noqa: F401

import localcloud.deploy.kinds.dynamic
import localcloud.deploy.program  # noqa: F401
from localcloud.deploy.child import run
from localcloud.deploy.request import Request


def main() -> None:
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.write(answers, run(Request.model_validate_json(line)).model_dump_json().encode() + b"\n")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            os.write(answers, b"\n")


if __name__ == "__main__":
    main()
