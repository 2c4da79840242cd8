"""Typed bindings: the SDK drops a misspelt key of a plain dictionary without a word (pulumi.md 1.3)."""

import pulumi
import pulumi_cloudflare as cloudflare

Binding = cloudflare.WorkerVersionBindingArgs


def plain_text(name: str, text: pulumi.Input[str]) -> Binding:
    return Binding(name=name, type="plain_text", text=text)


def secret_text(name: str, text: pulumi.Output[str]) -> Binding:
    return Binding(name=name, type="secret_text", text=pulumi.Output.secret(text))


def r2_bucket(name: str, bucket_name: pulumi.Input[str], jurisdiction: str) -> Binding:
    """The jurisdiction is that of the bucket, or the Worker looks for another one."""
    return Binding(
        name=name,
        type="r2_bucket",
        bucket_name=bucket_name,
        jurisdiction=None if jurisdiction == "default" else jurisdiction,
    )


def durable_object_namespace(name: str, class_name: str) -> Binding:
    return Binding(name=name, type="durable_object_namespace", class_name=class_name)


def version_metadata(name: str) -> Binding:
    """Tells the code which version it is."""
    return Binding(name=name, type="version_metadata")
