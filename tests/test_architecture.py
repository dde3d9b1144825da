"""Rules about the whole house, each one test over the whole house."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.registry import MODULES, load

ROOT = Path(__file__).resolve().parent.parent
OURS = ("dashboard", "jobs", "forms")
UNSAFE_IN_TEMPLATES = {
    "an inline style": r"\sstyle=|<style",
    "an inline script": r"<script(?![^>]*\ssrc=)",
    "an inline handler": r"\son[a-z]+=|hx-on",
    "a script value": r"[\"']js:|javascript:",
    "a trigger filter": r"hx-trigger=\"[^\"]*\[",
    "trust in raw HTML": r"\|\s*safe\b|Markup\(",
}
NOT_OURS = re.compile(r"/wo" r"rk/|/fa" r"rm|files\.pythonhosted|registry\.npmjs|pypi\.org/simple")


def sources(*folders: str, ending: str = ".py") -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob(f"*{ending}"))


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def test_the_import_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]


def test_every_job_that_is_asked_for_is_registered() -> None:
    known = set(load())
    asked = {
        call.args[0].value: path.name
        for path in sources(*OURS)
        for call in calls(path)
        if called(call) == "later" and call.args and isinstance(call.args[0], ast.Constant)
    }
    assert asked, "nothing asks for a job: this test reads the wrong files"
    assert {kind: where for kind, where in asked.items() if kind not in known} == {}


def test_every_module_that_registers_a_job_is_loaded() -> None:
    decorated = re.compile(r"^@job\(", re.M)
    registering = {path.stem for path in sources("jobs") if decorated.search(path.read_text())}
    assert registering <= set(MODULES)


def test_nothing_imports_stripe_but_its_gateway() -> None:
    importers = [
        str(path.relative_to(ROOT))
        for path in sources(*OURS)
        if re.search(r"^\s*(import|from) stripe\b|import_module\(\s*[\"']stripe", path.read_text(), re.M)
    ]
    assert set(importers) <= {"dashboard/gateways/stripe.py"}


def test_only_the_job_runner_catches_everything() -> None:
    broad = {
        str(path.relative_to(ROOT))
        for path in sources(*OURS)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
        and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
    }
    assert broad <= {"jobs/run.py"}


@pytest.mark.parametrize("what", UNSAFE_IN_TEMPLATES)
def test_no_template_holds(what: str) -> None:
    pattern = re.compile(UNSAFE_IN_TEMPLATES[what], re.I)
    pages = [page for page in sources("templates", ending=".html") if page.parent.name != "email"]
    assert pages
    assert [str(page.relative_to(ROOT)) for page in pages if pattern.search(page.read_text())] == []


def test_templates_stay_below_a_screen_and_modules_within_reach() -> None:
    tall = {str(page.relative_to(ROOT)) for page in sources("templates", ending=".html") if lines(page) > 120}
    long = {str(path.relative_to(ROOT)) for path in sources(*OURS, "tests", "bench") if lines(path) > 300}
    assert (tall, long) == (set(), set())


def test_functions_are_read_without_scrolling() -> None:
    long = {
        f"{path.relative_to(ROOT)} {node.name}"
        for path in sources(*OURS)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > 35
    }
    assert long == set()


def test_no_test_patches_our_own_code() -> None:
    patched = re.compile(r"patch\w*\(\s*[\"']?(dashboard|jobs|forms)\b")
    guilty = [path.name for path in sources("tests") if patched.search(path.read_text())]
    assert guilty == []


def test_no_file_names_a_place_that_others_do_not_have() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    files = [ROOT / name for name in tracked if not name.startswith("static/vendor")]
    readable = [path for path in files if path.is_file() and path.suffix not in {".png", ".gz", ".woff2"}]
    assert [path.name for path in readable if NOT_OURS.search(path.read_text(errors="ignore"))] == []


def lines(path: Path) -> int:
    return path.read_text().count("\n")
