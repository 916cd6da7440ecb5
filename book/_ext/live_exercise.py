"""Live exercises: the starter in the page, which a button turns into an editor.

The directive holds the starter::

    ```{live-exercise} 02.1
    :check: check("02.1", count_pairs)

    def count_pairs(ids):
        ...  # your code here
    ```

Registers the directive and its node.
"""

from __future__ import annotations

import ast
import json
from html import escape
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxTranslator
from sphinx.util.typing import OptionSpec

from playground import pass_by
from playground_resources import what_a_click_loads


class LiveExerciseNode(nodes.General, nodes.Element):
    """A live exercise around its highlighted starter."""


def live_exercise(identifier: str, starter: str, check: str) -> LiveExerciseNode:
    """Return the node of a live exercise; also for extensions that render notebooks' exercises.

    Args:
        identifier: the exercise's number, such as ``02.1``.
        starter: the code that the learner starts with.
        check: the source of the check's call, such as ``check("02.1", count_pairs)``.
    """
    code = starter.strip("\n") + "\n"
    block = nodes.literal_block(
        code, code, language="python", classes=["nlp-starter-code"]
    )
    return LiveExerciseNode(
        "", block, exercise=identifier, starter=code, check=check.strip()
    )


class LiveExercise(SphinxDirective):
    """``{live-exercise} ID``: an editor with the starter, Run, Check and Reset."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[OptionSpec] = {"check": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Return the exercise's node."""
        if not self.content:
            raise self.error("a live exercise needs its starter code as content")
        check = self.options.get("check", "")
        try:
            ast.parse(check)
        except SyntaxError as error:
            raise self.error(
                f"the check {check!r} is not Python: {error.msg}"
            ) from error
        return [
            live_exercise(self.arguments[0].strip(), "\n".join(self.content), check)
        ]


def visit_exercise_html(self: SphinxTranslator, node: LiveExerciseNode) -> None:
    """Open the exercise around its starter."""
    name = escape(node["exercise"])
    self.body.append(
        f'<section class="nlp-exercise" id="live-{name.replace(".", "-")}" '
        f'aria-label="Live exercise {name}" data-exercise="{name}" '
        f'data-starter="{escape(node["starter"])}" data-check="{escape(node["check"])}" '
        f'data-loads="{escape(json.dumps(what_a_click_loads([])))}">'
        '<div class="nlp-starter">'
    )


def depart_exercise_html(self: SphinxTranslator, node: LiveExerciseNode) -> None:
    """Close the exercise with its button and its line of status."""
    self.body.append(
        '</div><div class="nlp-bar"><button type="button" class="nlp-button nlp-start" hidden>'
        'Try it here</button><span class="nlp-status" role="status" aria-live="polite">'
        "<noscript>With JavaScript you can solve this in the page.</noscript></span></div>"
        "</section>\n"
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive and the node."""
    plain = (pass_by, pass_by)
    app.add_node(
        LiveExerciseNode,
        html=(visit_exercise_html, depart_exercise_html),
        latex=plain,
        text=plain,
        man=plain,
    )
    app.add_directive("live-exercise", LiveExercise)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
