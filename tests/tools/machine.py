"""A machine with just the programs that a test gives it."""

from pathlib import Path

PROGRAMS = {
    "node": "echo v24.19.0",
    "npm": "echo 11.17.0",
    "python3": "echo Python 3.11.7",
    "make": "echo GNU Make 4.3",
    "openssl": "echo OpenSSL 3.0.2",
    "pulumi": "echo v3.272.0",
    "docker": (
        'case "$1" in --version) echo Docker version 28.2.2;; '
        '*) echo \'{"ServerVersion":"28.2.2","Name":"secret-host","NCPU":2}\';; esac'
    ),
    "wrangler": 'case "$1" in whoami) echo somebody@example.com;; *) echo 4.164.0;; esac',
    "claude": "echo 2.1.330",
}


def with_programs(folder: Path, **changes: str | None) -> dict[str, str]:
    """An environment whose PATH has these programs; None takes one away."""
    binaries = folder / "bin"
    binaries.mkdir(exist_ok=True)
    for name, script in {**PROGRAMS, **changes}.items():
        if script is not None:
            (binaries / name).write_text(f"#!/bin/sh\n{script}\n")
            (binaries / name).chmod(0o755)
    return {"PATH": str(binaries), "CLOUDFLARE_API_TOKEN": "canary-cloudflare-token"}
