"""One team's service in one environment: `pulumi up --stack <team>-<environment>`."""

from pathlib import Path

import pulumi

from infra.service import SandboxService
from infra.settings.costs import cost_line
from infra.settings.loading import load_stack_config

config = load_stack_config()
service = SandboxService(config, Path(__file__).resolve().parent)
pulumi.log.info(cost_line(config.settings.container))
for name, value in service.outputs.items():
    pulumi.export(name, value)
