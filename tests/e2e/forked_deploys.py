"""The process behind `Deployer`: a request in, a result out, a line of JSON each."""

import localcloud.deploy.kinds.dynamic
import localcloud.deploy.program  # noqa: F401 - for the forks
from localcloud.deploy.child import run
from localcloud.deploy.request import Request
from tests.forks import serve


def answer(line: str) -> str:
    return run(Request.model_validate_json(line)).model_dump_json()


if __name__ == "__main__":
    serve(answer)
