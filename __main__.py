"""One team's service in one environment: `pulumi up --stack <team>-<environment>`."""

from pathlib import Path

import pulumi

from infra.service import SandboxService
from infra.settings.loading import load_stack_config

service = SandboxService(load_stack_config(), Path(__file__).resolve().parent)
for name, value in service.outputs.items():
    pulumi.export(name, value)
