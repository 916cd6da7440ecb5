"""A playground as static HTML: its form, its views, and what its button needs to know."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from playground_resources import what_a_click_loads


def playground_html(
    name: str,
    room: Any,
    result: dict[str, Any],
    files: dict[str, str],
    models: dict[str, str],
) -> str:
    """Return a playground as static HTML, ready to be brought to life.

    Args:
        name: the playground's name.
        room: its module, for ``TITLE``, ``DESCRIPTION`` and ``INPUTS``.
        result: what ``run`` gave for the default inputs.
        files: the resources' names, each with the file that the page fetches.
        models: likewise of the neural networks that it calls.
    """
    from nlpcourse.page.views import closing, prose, render_views

    fields = "".join(field_html(field, f"play-{name}") for field in room.INPUTS)
    resources = escape(json.dumps(list(files.items())))
    networks = escape(json.dumps(list(models.items())))
    loads = escape(
        json.dumps(what_a_click_loads([*files.values(), *models.values()]))
    )
    return (
        f'<section class="nlp-play" id="play-{name}" data-playground="{name}" '
        f'data-resources="{resources}" data-models="{networks}" data-loads="{loads}" '
        f'aria-labelledby="play-{name}-title">'
        f'<div class="nlp-head"><p class="nlp-kicker">Playground</p>'
        f'<p class="nlp-title" role="heading" aria-level="3" id="play-{name}-title">'
        f'{prose(room.TITLE)}</p><p class="nlp-what">{prose(room.DESCRIPTION)}</p></div>'
        f'<form class="nlp-form" aria-labelledby="play-{name}-title">'
        f"<fieldset disabled>{fields}</fieldset></form>"
        f'<div class="nlp-bar"><button type="button" class="nlp-button nlp-start" hidden>'
        f'Play with it</button><span class="nlp-status" role="status" aria-live="polite">'
        f"<noscript>Shown here for the inputs above; with JavaScript you can change them."
        f'</noscript></span></div><div class="nlp-views">{render_views(result["views"])}</div>'
        f'<p class="nlp-summary" aria-live="polite">{closing(result)}</p>'
        f"</section>\n"
    )


def field_html(field: dict[str, Any], prefix: str) -> str:
    """Return one input of a playground's form as HTML.

    Args:
        field: an entry of ``INPUTS``: ``name``, ``type`` (text, textarea, number, range, select or
            checkbox), ``label``, ``value``; also ``min``, ``max``, ``step``, ``options``, ``help``.
        prefix: begins the ids, so that they are unique in the page.

    Raises:
        ValueError: the type is unknown.
    """
    name, kind, value = (
        str(field["name"]),
        str(field["type"]),
        field.get("value", ""),
    )
    identifier = escape(f"{prefix}-{name}")
    attributes = f'id="{identifier}" name="{escape(name)}" autocomplete="off"'
    for key in ("min", "max", "step", "maxlength"):
        if key in field:
            attributes += f' {key}="{escape(str(field[key]))}"'
    label = f'<label for="{identifier}">{escape(str(field["label"]))}'
    shape = ""
    if kind == "textarea":
        shape = " nlp-field--wide"
        rows = int(field.get("rows", 3))
        text = escape(str(value))
        control = f'<textarea {attributes} rows="{rows}" spellcheck="false">\n{text}</textarea>'
    elif kind == "select":
        options = []
        for option in field["options"]:
            known, shown = (
                option if isinstance(option, list | tuple) else (option, option)
            )
            chosen = " selected" if known == value else ""
            options.append(
                f'<option value="{escape(str(known))}"{chosen}>{escape(str(shown))}'
            )
        control = f"<select {attributes}>{''.join(options)}</select>"
    elif kind == "checkbox":
        shape = " nlp-field--check"
        control = (
            f'<input type="checkbox" {attributes}{" checked" if value else ""}>'
        )
    elif kind in {"text", "number", "range"}:
        shape = " nlp-field--wide" if kind == "text" else ""
        control = f'<input type="{kind}" {attributes} value="{escape(str(value))}">'
        if kind == "range":
            label += f"<output>{escape(str(value))}</output>"
    else:
        raise ValueError(f"the input {name!r} has the unknown type {kind!r}")
    note = (
        f'<p class="nlp-field__help">{escape(str(field["help"]))}</p>'
        if "help" in field
        else ""
    )
    return f'<div class="nlp-field{shape}">{label}</label>{control}{note}</div>'
