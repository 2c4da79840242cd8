"""`costs`: the dated table, the estimate and what tasks did cost."""

import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from claude_sandbox.cli.report import ExitCode
from infra.settings import StackSettings
from infra.settings.costs import SECONDS_PER_HOUR, cost_line, rate_of, read_table
from infra.settings.parts import ContainerPart
from infra.versions import INSTANCE_TYPES
from tests.tools.command_line import Ran, run_tool
from tests.tools.service import TASK_ID, TOKEN, FakeService, answering, answering_text, served, task_service

ROOT = Path(__file__).parents[2]
TIMES = {"created_at": "2026-11-23T22:00:00.000Z", "started_at": "2026-11-23T22:00:00.000Z"}
TASK = {"taskId": TASK_ID, "status": "succeeded", "attempts": 1, "timeout_ms": 300_000, **TIMES}
LONG_AGO = "--since=9999d"


def test_table_is_dated_and_names_its_source() -> None:
    table = read_table()
    assert date.fromisoformat(table["as_of"]) > date(2026, 1, 1)
    assert table["source"].startswith("https://developers.cloudflare.com/")


def test_every_instance_type_of_the_settings_has_a_price() -> None:
    types = get_args(ContainerPart.model_fields["instance_type"].annotation)
    assert set(types) == set(INSTANCE_TYPES)


def test_seeds_figures_are_the_tables() -> None:
    prices = read_table()["container"]
    assert round(prices["usd_per_vcpu_second"] * 3_600, 3) == 0.072
    assert round(prices["usd_per_gib_second"] * 3_600, 3) == 0.009
    assert read_table()["plan_usd_per_month"] == 5


TABLE = read_table()
HOUR = {name: usd * SECONDS_PER_HOUR for name, usd in vars(rate_of(TABLE, "standard-1")).items()}
FIGURES = [
    f"{TABLE['plan_usd_per_month']:g} USD a month",
    f"{TABLE['container']['usd_per_vcpu_second'] * SECONDS_PER_HOUR:.3f} USD",
    f"{TABLE['container']['usd_per_gib_second'] * SECONDS_PER_HOUR:.3f} USD",
    f"first {TABLE['included_per_month']['results_gb']} GB",
]


@pytest.mark.parametrize(
    ("page", "figures"),
    [
        ("README.md", [FIGURES[0], f"{HOUR['least']:.2f} to {HOUR['most']:.2f} USD for an hour"]),
        ("docs/workflows/setup.md", FIGURES[:1]),
        ("docs/workflows/monitor.md", FIGURES),
        ("SKILL.md", FIGURES),
    ],
)
def test_figures_of_the_pages_are_the_tables(page: str, figures: list[str]) -> None:
    text = " ".join((ROOT / page).read_text().split())
    assert [figure for figure in figures if figure not in text] == []
    assert set(re.findall(r"\d[\d.]* USD a month", text)) <= {FIGURES[0]}


def test_a_deploy_tells_what_the_tool_tells(tmp_path: Path) -> None:
    told, line = run_tool("costs", folder=tmp_path).document, cost_line(ContainerPart(build=True))
    hour = {name: f"{usd:.2f}" for name, usd in told["instance_usd_per_hour"].items()}
    assert f"{told['idle']['usd_per_month']:g} USD a month idle" in line
    assert f"{hour['least']} to {hour['most']} USD for an hour of a running task" in line
    assert f"{told['most_compute_usd_per_hour']:.2f} USD for an hour at most" in line


def test_cloudflares_worked_example_comes_out() -> None:
    assert rate_of(read_table(), "standard-1").least == pytest.approx(0.00001056)


def test_seeds_typical_month_holds_an_always_running_instance() -> None:
    month = rate_of(read_table(), "standard-1").least * 30 * 24 * 3_600
    assert 15 <= read_table()["plan_usd_per_month"] + month <= 40


def test_defaults_are_those_of_the_settings(tmp_path: Path) -> None:
    settings = run_tool("costs", folder=tmp_path).document["settings"]
    part = StackSettings.model_fields["container"].annotation
    assert part is ContainerPart
    assert settings["instance_type"] == ContainerPart.model_fields["instance_type"].default
    assert settings["max_instances"] == ContainerPart.model_fields["max_instances"].default


def test_stacks_settings_are_read(tmp_path: Path) -> None:
    container = "{instanceType: standard-4, maxInstances: 2}"
    (tmp_path / "Pulumi.dev.yaml").write_text(
        f"config:\n  autonomous-claude-sandbox:container: {container}\n"
    )
    document = run_tool("costs", "--stack=dev", folder=tmp_path).document
    assert document["settings"] == {"instance_type": "standard-4", "max_instances": 2}
    assert document["most_compute_usd_per_hour"] == pytest.approx(
        2 * document["instance_usd_per_hour"]["most"]
    )


WITHOUT_PRICE = [
    "{maxInstances: five}",
    "{maxInstances: 0}",
    "{maxInstances: true}",
    f"{{maxInstances: {10**400}}}",
    "{maxInstances: .nan}",
    "{maxInstances: 1.5}",
    "{maxInstances: null}",
    "{instanceType: [x]}",
    "{instanceType: {a: b}}",
    "{instanceType: huge}",
    "{instanceType: 4}",
]


@pytest.mark.parametrize("container", WITHOUT_PRICE)
def test_settings_without_a_price_are_refused(container: str, tmp_path: Path) -> None:
    text = f"config:\n  autonomous-claude-sandbox:container: {container}\n"
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    ran = run_tool("costs", "--stack=dev", folder=tmp_path)
    assert (ran.exit_code, ran.document["code"]) == (ExitCode.USAGE, "USAGE")


def ask(folder: Path, service: FakeService, *arguments: str) -> Ran:
    with served(service) as url:
        environment = {"CLAUDE_SANDBOX_URL": url, "CLAUDE_SANDBOX_TOKEN": TOKEN}
        return run_tool("costs", *arguments, environment=environment, folder=folder)


def one_task(ended_at: str) -> FakeService:
    service = task_service()
    summary = {"taskId": TASK_ID, "status": "succeeded", "created_at": TIMES["created_at"]}
    service.answers["GET /tasks"] = answering({"tasks": [summary], "cursor": None})
    service.answers[f"GET /tasks/{TASK_ID}"] = answering({**TASK, "ended_at": ended_at})
    return service


def test_period_adds_times_and_model_costs(tmp_path: Path) -> None:
    period = ask(tmp_path, one_task("2026-11-23T22:10:00.000Z"), LONG_AGO).document["period"]
    assert (period["tasks"], period["seconds"], period["model_usd"]) == (1, 600, 0.0123)
    assert period["compute_usd"]["least"] == pytest.approx(600 * 0.00001056)
    assert period["total_usd"]["least"] == pytest.approx(0.0123 + 600 * 0.00001056)


def test_older_tasks_are_left_out(tmp_path: Path) -> None:
    assert ask(tmp_path, one_task(TIMES["created_at"]), "--since=1m").document["period"]["tasks"] == 0


def test_cost_that_is_no_number_is_a_bad_answer(tmp_path: Path) -> None:
    service = one_task("2026-11-23T22:10:00.000Z")
    text = '{"taskId": "a", "success": true, "stdout": "", "stderr": "", "cost_usd": NaN}'
    service.answers[f"GET /tasks/{TASK_ID}/result"] = answering_text(text, media_type="application/json")
    assert ask(tmp_path, service, LONG_AGO).exit_code == ExitCode.BAD_ANSWER


@pytest.mark.parametrize(
    ("gone", "seconds", "model_usd"), [("/result", 600, 0.0), ("", 0.0, 0.0123)], ids=["result", "record"]
)
def test_what_is_left_of_a_task_still_counts(
    gone: str, seconds: float, model_usd: float, tmp_path: Path
) -> None:
    service = one_task("2026-11-23T22:10:00.000Z")
    del service.answers[f"GET /tasks/{TASK_ID}{gone}"]
    period = ask(tmp_path, service, LONG_AGO).document["period"]
    assert (period["seconds"], period["model_usd"]) == (seconds, model_usd)
    assert period["tasks_without_model_cost"] == (gone == "/result")


UNUSABLE = [
    "--since=soon",
    "--stack=nowhere",
    "--task-minutes=-1",
    "--task-minutes=nan",
    "--task-minutes=inf",
    "--task-minutes=1e999",
]


@pytest.mark.parametrize("argument", UNUSABLE)
def test_unusable_argument_is_refused(argument: str, tmp_path: Path) -> None:
    assert run_tool("costs", argument, folder=tmp_path).exit_code == ExitCode.USAGE
