"""Cloudflare's v4 API on localhost: the calls that this project's clients make, with Cloudflare's rules."""
