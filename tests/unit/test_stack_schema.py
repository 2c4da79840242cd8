"""The JSON Schema of stack files says what the settings say."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from infra.naming import PROJECT
from infra.settings import schema
from infra.settings.problems import path_text
from tests.unit.schema_values import Path as SettingPath
from tests.unit.settings_documents import GOOD, SETTINGS, patient, with_value

ROOT = Path(__file__).parents[2]
SCHEMA = schema.stack_file_schema()


def errors(settings: dict[str, Any]) -> list[str]:
    secrets = {"claudeCredential": {"secure": "v1:x"}, "serverAuthToken": {"secure": "v1:y"}}
    document = {"config": {f"{PROJECT}:{key}": one for key, one in {**settings, **secrets}.items()}}
    return [one.message for one in jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)]


def test_the_file_is_current() -> None:
    assert schema.FILE.read_text() == schema.text(), "run: python -m infra.settings.schema"


def test_it_is_a_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema.FILE.read_text()))


@pytest.mark.parametrize("name", ["Pulumi.dev.yaml", "Pulumi.local.yaml"])
def test_the_stack_files_are_of_it(name: str) -> None:
    jsonschema.validate(yaml.safe_load((ROOT / name).read_text()), SCHEMA)


def test_good_settings_are_of_it() -> None:
    assert errors(GOOD) == []


@pytest.mark.parametrize("path", [path for path, _ in SETTINGS], ids=path_text)
@given(data=st.data())
@patient
def test_a_value_of_another_type_is_marked(path: SettingPath, data: st.DataObject) -> None:
    assert errors(with_value(path, [{"unknown": [1]}], data.draw))


def test_an_unknown_setting_is_marked() -> None:
    assert errors({**GOOD, "teem": "x"})


def test_a_secret_in_the_clear_is_marked() -> None:
    schema_of_config = jsonschema.Draft202012Validator(SCHEMA["properties"]["config"])
    messages = [one.message for one in schema_of_config.iter_errors({f"{PROJECT}:claudeCredential": "sk"})]
    assert "'sk' is not of type 'object'" in messages
