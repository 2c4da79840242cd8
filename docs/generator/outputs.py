"""outputs.md. A test compares the names with those that a deployed stack exports."""

from typing import Final

from docs.generator.markdown import code, document, fenced, table

OUTPUTS: Final = {
    "worker_url": "Where the service answers, without a trailing slash. The deployed version answered there.",
    "worker_name": "Name of the Worker in Cloudflare's dashboard and for wrangler.",
    "worker_version": "Id of the deployed version; every answer carries it as `Worker-Version-Id`.",
    "results_bucket_name": "R2 bucket of the results.",
    "container_application_id": "Id of the container application, for `wrangler containers`.",
    "image": "Image by digest: what the next environment is promoted to, as `container.image`.",
    "client_names": "Names of the clients that may call; no token and no digest.",
}

INTRODUCTION: Final = """\
What a stack exports. `pulumi stack output --json` writes them to a file that every tool takes with
`--outputs`; localcloud writes `.localcloud/outputs.json`, which the tools find by themselves. No output is
a secret."""


def page() -> str:
    rows = [[code(name), meaning] for name, meaning in OUTPUTS.items()]
    return document("Outputs", INTRODUCTION, table(["Output", "Meaning"], rows), promotion())


def promotion() -> str:
    command = 'pulumi config set --path container.image "$(pulumi stack output image --stack acme-dev)"'
    told = "An image that was built once is promoted by its output:"
    return f"## Promote an image\n\n{told}\n\n<!-- needs-account -->\n{fenced('$ ' + command, 'console')}"
