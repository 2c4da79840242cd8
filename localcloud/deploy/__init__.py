"""Deploys a Pulumi program onto localcloud without the Pulumi CLI.

For this machine only; production is `pulumi up`.
"""
