"""Cloudflare's v4 API on localhost: the calls this project's clients make, with Cloudflare's rules and
errors.
"""
