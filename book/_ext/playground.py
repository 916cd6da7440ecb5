"""Playgrounds in the page, drawn for their default inputs.

``{playground} tokenization`` calls ``run`` of the chapter's ``playground.py`` with the form's
default values and draws the views into the page, so that the page is complete without JavaScript; a
button brings the form to life.  A playground with ``MODELS`` is a generator that calls neural
networks; the build answers with Python's onnxruntime, the page with onnxruntime-web
(``nlpcourse.page.models``).

Registers the directive and its node.  What it needs, and what the page needs, is beside it:

==========================  ==================================================================
``playground_forms``        the HTML of a playground and of its form
``playground_sources``      the course's files that a playground is made from
``playground_models``       the networks that it calls
``playground_resources``    the files that the page fetches, and what a first click loads
``live_exercise``           the directive ``{live-exercise}``
``playground_static``       the page's scripts, and ``_static/playground/`` at the end of a build
``playground_archive``      the part of the course that the page can use, as one file there
``playground_runtime``      Python and onnxruntime for the page, likewise
==========================  ==================================================================
"""

from __future__ import annotations

import importlib
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxTranslator

from nlpcourse.course import chapters
from nlpcourse.page.export import session_runner
from nlpcourse.page.models import drive
from playground_forms import playground_html
from playground_models import made_model, model_sources, refuse
from playground_resources import keep_resource, made_by_docname
from playground_sources import imported_files, module_file

HEAVIEST = 120_000
"""Bytes of static HTML that a playground may add to its chapter."""

logger = logging.getLogger(__name__)


class PlaygroundNode(nodes.General, nodes.Element):
    """A playground drawn as HTML; its children are the text for every other kind of output."""


class Playground(SphinxDirective):
    """``{playground} NAME``: a playground, drawn for its default inputs."""

    required_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        """Run the playground, keep its resources, and return its node."""
        name = self.arguments[0].strip()
        try:
            room = importlib.import_module(chapters.playground(name))
            resources = {
                key: make() for key, make in getattr(room, "RESOURCES", {}).items()
            }
            inputs = {
                field["name"]: field.get("value", "") for field in room.INPUTS
            }
            models = {
                key: made_model(name, key) for key in getattr(room, "MODELS", {})
            }
            runner = session_runner(models) if models else refuse
            result = drive(room.run(inputs, resources), runner)
            files = {
                key: keep_resource(self.env, key, data)
                for key, data in resources.items()
            }
            networks = {
                key: keep_resource(self.env, key, data)
                for key, data in models.items()
            }
            html = playground_html(name, room, result, files, networks)
        except Exception as error:
            raise self.error(
                f"playground {name!r}: {type(error).__name__}: {error}"
            ) from error
        if len(html) > HEAVIEST:
            logger.warning(
                "playground %r adds %d bytes to its page; give it smaller default inputs",
                name,
                len(html),
                location=self.get_location(),
            )
        sources = (
            model_sources(name) if models else imported_files(module_file(name))
        )
        for path in sources:
            self.env.note_dependency(str(path))
        mine = made_by_docname(self.env).setdefault(self.env.docname, set())
        mine.update(files.values(), networks.values())
        node = PlaygroundNode(html=html)
        for text in (room.TITLE, room.DESCRIPTION, result.get("summary", "")):
            node += nodes.paragraph("", str(text))
        return [node]


def visit_playground_html(self: SphinxTranslator, node: PlaygroundNode) -> None:
    """Write the playground's HTML and leave its text alternative out."""
    self.body.append(node["html"])
    raise nodes.SkipNode


def pass_by(self: SphinxTranslator, node: nodes.Element) -> None:
    """Write nothing of its own: the children say it all."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive and the node."""
    plain = (pass_by, pass_by)
    app.add_node(
        PlaygroundNode,
        html=(visit_playground_html, pass_by),
        latex=plain,
        text=plain,
        man=plain,
    )
    app.add_directive("playground", Playground)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
