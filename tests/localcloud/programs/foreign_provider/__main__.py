"""Names another base URL than this machine's."""

import pulumi_cloudflare as cloudflare

cloudflare.Provider("cloudflare", api_token="t" * 64, base_url="https://api.cloudflare.com/client/v4")
