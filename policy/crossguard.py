"""The rules as policies of Pulumi's CrossGuard."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, cast

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceRemediation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from rules.catalogue import RULES
from rules.properties import Properties
from rules.resource import Resource, Stack
from rules.rule import Finding, Level, ResourceRule, Rule, StackRule
from secret_marks import mark_secrets

PROGRAM: Final = Path(__file__).parents[1]
REFERENCE: Final = "docs/reference/policies.md"


def policies() -> list[Policy]:
    return [_stack_policy(rule) if isinstance(rule, StackRule) else _resource_policy(rule) for rule in RULES]


def _resource_policy(rule: ResourceRule) -> Policy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        _report(rule, rule.findings(_resource(args), Properties(args.get_config())), report)

    return ResourceValidationPolicy(
        name=rule.id,
        description=rule.demand,
        validate=validate,
        remediate=cast("ResourceRemediation", mark_secrets) if rule.level is Level.REMEDIATE else None,
        enforcement_level=EnforcementLevel(rule.level.value),
        config_schema=_schema(rule),
        remediation_steps=rule.fix,
        url=f"{REFERENCE}#{rule.id}",
    )


def _stack_policy(rule: StackRule) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        stack = Stack(tuple(_resource(one) for one in args.resources))
        _report(rule, rule.findings(stack, Properties(args.get_config())), report)

    return StackValidationPolicy(
        name=rule.id,
        description=rule.demand,
        validate=validate,
        enforcement_level=EnforcementLevel(rule.level.value),
        config_schema=_schema(rule),
        remediation_steps=rule.fix,
        url=f"{REFERENCE}#{rule.id}",
    )


def _report(rule: Rule, findings: Iterable[Finding], report: ReportViolation) -> None:
    for finding in findings:
        report(f"{finding.message}. {rule.fix}", finding.resource.urn if finding.resource else None)


def _schema(rule: Rule) -> PolicyConfigSchema | None:
    schemas = {option.name: option.schema for option in rule.options}
    return PolicyConfigSchema(schemas) if schemas else None


def _resource(args: ResourceValidationArgs | PolicyResource) -> Resource:
    """Unknown values stay inside: reading one makes the SDK say that the rule can't run in this preview."""
    depends_on = args.dependencies if isinstance(args, PolicyResource) else []
    return Resource(
        type=args.resource_type,
        name=args.name,
        urn=args.urn,
        properties=Properties(cast("Mapping[str, object]", args.props)),
        protect=args.opts.protect,
        delete_before_replace=args.opts.delete_before_replace or False,
        ignore_changes=tuple(args.opts.ignore_changes),
        provider=args.provider.name if args.provider else None,
        dependencies=frozenset(one.urn for one in depends_on),
        read_file=_program_file,
    )


def _program_file(path: str) -> str | None:
    """Paths in resources are relative to the program; the engine starts the pack one folder below."""
    file = PROGRAM / path
    return file.read_text() if file.is_file() else None
