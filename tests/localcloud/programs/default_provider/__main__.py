"""Forgets the provider, where the stack disables the default one."""

import pulumi_cloudflare as cloudflare

cloudflare.R2Bucket("bucket", account_id="0123456789abcdef0123456789abcdef", name="bucket")
