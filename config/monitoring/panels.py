"""The queries of all dashboards, of all models of the last minutes, and what must be in their answers."""
import json
import pathlib
import re

DASHBOARDS = pathlib.Path(__file__).resolve().parent.parent.parent / "grafana/dashboards"
# May have nothing to show while all is well.
MAY_BE_EMPTY = {
    "Alerts": "no alert fires",
    "Use of what is limited": "Redis has no limit of memory where none is set",
}
VARIABLES = {"$__rate_interval": "1m", "${model:regex}": ".+", "${version:regex}": ".+", "$model": ".+", "$version": ".+",
             "${owner:sqlstring}": "'.+'", "$__timeFrom()": "now() - interval '1 hour'", "$__timeTo()": "now()"}


class Query:
    """What a panel asks, or one line of it."""

    def __init__(self, board, panel, text):
        self.board, self.panel, self.text = board, panel, text

    def __str__(self):
        return f"{self.board}, {self.panel}: {self.text}"

    def asked(self, **variables):
        """As Grafana asks it: with all of each variable but those that are given."""
        text = re.sub(r"\$__timeFilter\(([^()]*)\)", r"\1 between now() - interval '1 hour' and now()", self.text)
        for name, value in {**{f"${{{name}:sqlstring}}": f"'{value}'" for name, value in variables.items()}, **VARIABLES}.items():
            text = text.replace(name, value)
        if "$_" in text or "${" in text:
            raise AssertionError(f"a variable or macro that is not known here: {text}")
        return text

    def since(self, seconds):
        """What its rates have counted for so long, exactly: counters are there at 0 before the first."""
        return re.sub(r"rate\((\w+(?:\{[^}]*\})?)\[1m\]\)", rf"(\1 - \1 offset {seconds}s)", self.asked())


def queries(field):
    """All queries of that kind: `expr` for Prometheus, `rawSql` for PostgreSQL."""
    found = []
    for file in sorted(DASHBOARDS.rglob("*.json")):
        board = json.loads(file.read_text())
        found += [Query(board["title"], panel["title"], target[field])
                  for panel in _panels(board) for target in panel["targets"] if field in target]
        found += [Query(board["title"], f"annotation {each['name']}", each["target"][field])
                  for each in board["annotations"]["list"] if field in each["target"]]
        found += [Query(board["title"], f"variable {each['name']}", each["query"])
                  for each in board["templating"]["list"] if field == "rawSql" and str(each.get("query")).startswith("with ")]
    return found


def _panels(node):
    if isinstance(node, dict) and "targets" in node:
        yield node
    elif isinstance(node, (dict, list)):
        for child in node.values() if isinstance(node, dict) else node:
            yield from _panels(child)


def counted(demo):
    """What panels must say of what the demo counted: the panel, its line, a label or none, and the numbers by that label."""

    def by(what, label, **only):
        numbers = {}
        for each in demo[what]:
            if all(each[name] in values for name, values in only.items()):
                key = each[label] if label else ""
                numbers[key] = numbers.get(key, 0) + each["count"]
        return numbers

    ended = by("finished", None).get("", 0)
    succeeded, failed = (by("finished", None, outcome=[outcome]).get("", 0) for outcome in ("succeeded", "failed"))
    return [
        ("Jobs accepted and ended", 0, None, by("submitted", None)),
        ("Jobs accepted and ended", 1, "outcome", by("finished", "outcome")),
        ("Jobs that succeed", 0, None, {"": succeeded / (succeeded + failed)}),
        ("Jobs per second", 0, None, {"": ended}),
        ("Failures by kind", 0, "kind", by("finished", "kind", outcome=["failed"])),
        ("Failures by kind", 1, "kind", {}),
        ("Requests refused", 0, "problem", by("refused", "problem")),
        ("Models", 5, "model", by("finished", "model")),
        ("Queued jobs", 0, None, {"": 0}),
        ("Unfinished jobs", 0, "state", {"queued": 0, "running": 0}),
        ("Oldest queued job", 0, None, {"": 0}),
        ("Running jobs by model", 0, "model", {}),
    ]
