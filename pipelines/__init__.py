"""What the pipelines of GitHub and GitLab do besides `make` and `pulumi`: `python -m pipelines <command>`.

On PyYAML and the `pulumi` and `gh` programs only; it imports nothing of the program that is deployed.
"""
