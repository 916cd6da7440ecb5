"""Modules as ONNX files: the same outputs at every length, small, and the same bytes each time."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("onnxruntime", reason="the extra `book` brings onnxruntime")
pytest.importorskip("onnxscript", reason="the extra `book` brings onnxscript")

import onnx
import torch
from torch import Tensor, nn

from nlpcourse.page.export import ExportError, page_tensor, session_runner, to_onnx
from nlpcourse.page.models import Call
from nlpcourse.page.models import Tensor as PageTensor

WORDS = {"words": torch.tensor([[3, 1, 4, 1, 5], [9, 2, 6, 5, 3]])}
FREE = {"words": {0: "batch", 1: "time"}}


class Reader(nn.Module):
    """Word vectors, a recurrent network, scores after the last word."""

    def __init__(self, kind: type[nn.RNNBase]) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.vectors = nn.Embedding(300, 24)
        self.network = kind(24, 32, num_layers=2, batch_first=True)
        self.scores = nn.Linear(32, 50)

    def forward(self, words: Tensor) -> tuple[Tensor, Tensor]:
        outputs, _ = self.network(self.vectors(words))
        return self.scores(outputs[:, -1]).log_softmax(-1), outputs


def halved(module: nn.Module) -> nn.Module:
    """Return the module with weights that 16 bits hold, as in a stored checkpoint."""
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(weight.half().float())
    return module.eval()


@pytest.fixture(scope="module", params=[nn.LSTM, nn.GRU], ids=["LSTM", "GRU"])
def made(request: pytest.FixtureRequest) -> tuple[nn.Module, bytes]:
    """Return a module and its file; the second one is not the process's first export."""
    module = halved(Reader(request.param))
    return module, to_onnx(module, WORDS, ["scores", "outputs"], FREE)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (3, 5), (2, 17)])
def test_a_recurrent_network_reads_any_length(
    made: tuple[nn.Module, bytes], shape: tuple[int, int]
) -> None:
    module, content = made
    torch.manual_seed(sum(shape))
    words = torch.randint(300, shape)
    found = session_runner({"m": content})(Call("m", {"words": page_tensor(words)}))
    with torch.no_grad():
        expected = dict(zip(["scores", "outputs"], module(words), strict=True))
    for name, value in expected.items():
        assert found[name].type == "float32"
        assert list(found[name].shape) == list(value.shape)
        got = torch.tensor(found[name].data).reshape(value.shape)
        torch.testing.assert_close(got, value, rtol=1e-4, atol=1e-5)


def test_the_file_is_small_and_tells_nothing_of_its_making(
    made: tuple[nn.Module, bytes],
) -> None:
    module, content = made
    count = sum(weight.numel() for weight in module.parameters())
    assert len(content) < 2 * count + 12_000
    model = onnx.load_from_string(content)
    assert not model.metadata_props
    assert not any(
        node.metadata_props or node.doc_string for node in model.graph.node
    )
    here = str(onnx.__file__).split("site-packages", maxsplit=1)[0].encode()
    for word in (here, b".py", b"site-packages"):
        assert word not in content
    large = [
        weight.name
        for weight in model.graph.initializer
        if weight.data_type == onnx.TensorProto.FLOAT
        and len(weight.raw_data) > 1000
    ]
    assert large == []


def test_the_same_module_gives_the_same_bytes() -> None:
    first, second = (
        to_onnx(halved(Reader(nn.GRU)), WORDS, ["scores", "outputs"], FREE)
        for _ in range(2)
    )
    assert first == second


class Masked(nn.Module):
    """A table that 16 bits cannot hold, among the weights that they can."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mask", torch.full((40, 40), -1e9).triu(1))
        self.weight = nn.Parameter(torch.ones(40, 40))

    def forward(self, x: Tensor) -> Tensor:
        return (x @ self.weight + self.mask[: x.shape[0]]).softmax(-1)


def test_a_number_beyond_16_bits_keeps_its_value() -> None:
    x = torch.linspace(-1, 1, 200).reshape(5, 40)
    content = to_onnx(Masked(), {"x": x}, ["y"], {"x": {0: "rows"}})
    found = session_runner({"m": content})(Call("m", {"x": page_tensor(x)}))["y"]
    assert not any(value != value for value in found.data)
    assert found.row(0)[0] == pytest.approx(1.0)


class Fixed(nn.Module):
    """Divides by a length that was computed in Python, and so is fixed in the file."""

    def forward(self, x: Tensor) -> Tensor:
        return x.sum(0) / float(int(x.detach().abs().sum() * 0) + len(x.tolist()))


class Two(nn.Module):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x, 2 * x


def test_what_cannot_be_right_is_refused() -> None:
    x = {"x": torch.ones(4, 2)}
    with pytest.raises(ValueError, match="'y'; the inputs are x"):
        to_onnx(Two(), x, ["a", "b"], {"y": {0: "n"}})
    with pytest.raises(ValueError, match="1 long"):
        to_onnx(Two(), {"x": torch.ones(1, 2)}, ["a", "b"], {"x": {0: "n"}})
    with pytest.raises(ExportError, match="Fixed"):
        to_onnx(Fixed(), x, ["y"], {"x": {0: "n"}})


def test_other_outputs_than_the_modules_are_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from nlpcourse.page import export

    real = export.session_runner

    def off(models: dict[str, bytes]) -> Any:
        runner = real(models)

        def answer(call: Call) -> Any:
            return {
                name: PageTensor(t.type, t.shape, [1.1 * v for v in t.data])
                for name, t in runner(call).items()
            }

        return answer

    monkeypatch.setattr(export, "session_runner", off)
    with pytest.raises(ExportError, match=r"'a' of Two\(n 4\) differs by 0\.1"):
        to_onnx(Two(), {"x": torch.ones(4, 2)}, ["a", "b"], {"x": {0: "n"}})


def test_a_call_that_no_model_answers_is_told() -> None:
    content = to_onnx(Two(), {"x": torch.ones(4, 2)}, ["a", "b"])
    runner = session_runner({"two.onnx": content})
    feed = PageTensor("float32", [4, 2], [1.0] * 8)
    assert runner(Call("two.onnx", {"x": feed}))["b"].data == [2.0] * 8
    with pytest.raises(KeyError, match=r"three\.onnx"):
        runner(Call("three.onnx", {"x": feed}))
    with pytest.raises(ValueError, match="takes x and was given z"):
        runner(Call("two.onnx", {"z": feed}))
