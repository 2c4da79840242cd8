"""Cloudflare on localhost: control plane, data plane, scripted model and a deploy without the Pulumi CLI."""
