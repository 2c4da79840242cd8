"""Declares what localcloud's deploy does not know."""

import pulumi
import pulumi_cloudflare as cloudflare

config = pulumi.Config("cloudflare")
provider = cloudflare.Provider(
    "cloudflare", api_token=config.require("apiToken"), base_url=config.require("baseUrl")
)
cloudflare.Queue("queue", account_id="a", queue_name="q", opts=pulumi.ResourceOptions(provider=provider))
