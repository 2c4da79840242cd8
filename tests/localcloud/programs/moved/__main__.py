"""A bucket that was renamed, and one whose parent component was renamed; aliases tell of both."""

import pulumi
import pulumi_cloudflare as cloudflare

config = pulumi.Config()
is_moved = config.require_bool("moved")
settings = pulumi.Config("cloudflare")
provider = cloudflare.Provider(
    "cloudflare", api_token=settings.require("apiToken"), base_url=settings.require("baseUrl")
)


def aliases(name: str) -> list[pulumi.Alias]:
    return [pulumi.Alias(name=name)] if is_moved else []


class Storage(pulumi.ComponentResource):
    def __init__(self, name: str) -> None:
        opts = pulumi.ResourceOptions(providers=[provider], aliases=aliases("storage"))
        super().__init__("fixture:storage:Storage", name, None, opts)
        cloudflare.R2Bucket(
            "files",
            account_id="0123456789abcdef0123456789abcdef",
            name="first",
            opts=pulumi.ResourceOptions(parent=self),
        )


Storage("store" if is_moved else "storage")
cloudflare.R2Bucket(
    "new" if is_moved else "old",
    account_id="0123456789abcdef0123456789abcdef",
    name="second",
    opts=pulumi.ResourceOptions(provider=provider, aliases=aliases("old")),
)
