"""Any causal model of the transformers library, by folder or by the name of a cached one."""

import copy
import re
from collections.abc import Callable, Sequence
from typing import Any, Self

import torch
from jinja2 import TemplateError
from transformers import AutoModelForCausalLM

from core.domain.errors import PromptRefused
from core.models.local.engine import Engine, Order
from core.models.local.files import read
from core.models.ports import Talk
from core.models.talk import plain, without_system

_LONGEST = 1_000_000
"""Tokenizers that know no limit name a number beyond any window."""
_NARROW = 2_048
"""The window of a model that does not say its own."""


class CausalEngine(Engine):
    """A model and its tokenizer, on the graphics card where there is one."""

    def __init__(self, name: str, model: Any, tokenizer: Any) -> None:
        """Take what the library loaded; `load` does this."""
        self._name = name
        self._model = model
        self._tokenizer = tokenizer
        ends = _as_tuple(model.generation_config.eos_token_id)
        self._ends = frozenset((*ends, *_as_tuple(tokenizer.eos_token_id)))
        self._marks = re.compile("|".join(map(re.escape, _marks_of(tokenizer))) or "(?!)")
        self._stopped: Callable[[], bool] = lambda: False
        for part in model.modules():
            if isinstance(part, torch.nn.ModuleList):
                for layer in part:
                    layer.register_forward_pre_hook(self._look)

    @classmethod
    def load(cls, path: str) -> Self:
        """Read a model; takes seconds to minutes.

        Args:
            path: A folder with weights as safetensors, or the name of a model in the library's
                cache on this machine.

        Raises:
            SetupError: there is none.
        """
        files = read(AutoModelForCausalLM, path)
        return cls(files.name, files.model, files.tokenizer)

    @property
    def name(self) -> str:
        return self._name

    @property
    def window(self) -> int:
        said = getattr(self._model.config.get_text_config(), "max_position_embeddings", None)
        longest: int = said or self._tokenizer.model_max_length
        return longest if longest < _LONGEST else _NARROW

    @property
    def ends(self) -> frozenset[int]:
        return self._ends

    def count(self, text: str) -> int:
        return len(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def encode(self, talk: Talk) -> Sequence[int]:
        if not self._tokenizer.chat_template:
            tokens: list[int] = self._tokenizer(self._harmless(plain(talk)))["input_ids"]
            return tokens
        try:
            return self._formed(talk)
        except TemplateError:
            return self._formed_without_system(talk)

    def decode(self, tokens: Sequence[int]) -> str:
        text: str = self._tokenizer.decode(
            tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text

    def write(
        self, order: Order, tell: Callable[[int], None], stopped: Callable[[], bool]
    ) -> None:
        self._stopped = stopped
        prompt = torch.tensor([order.prompt], device=self._model.device)
        try:
            with torch.inference_mode():
                self._model.generate(
                    prompt,
                    attention_mask=torch.ones_like(prompt),
                    generation_config=self._manner(order),
                    streamer=_Streamer(tell),
                )
        except _Stopped:
            return

    def _formed(self, talk: Talk) -> Sequence[int]:
        tokens: list[int] = self._tokenizer.apply_chat_template(
            [{"role": said.role, "content": self._harmless(said.text)} for said in talk],
            add_generation_prompt=True,
            return_dict=False,
            enable_thinking=False,  # for models that would, read by their templates only
        )
        return tokens

    def _formed_without_system(self, talk: Talk) -> Sequence[int]:
        try:
            return self._formed(without_system(talk))
        except TemplateError as refused:
            raise PromptRefused from refused

    def _harmless(self, text: str) -> str:
        """Without what the tokenizer would take for the end of a part, or the start of one."""
        return self._marks.sub(" ", text)

    def _manner(self, order: Order) -> Any:
        """The model's own way of writing, with what is asked for in its place."""
        manner = copy.deepcopy(self._model.generation_config)
        warm = order.temperature > 0
        manner.update(
            max_new_tokens=order.longest,
            max_length=None,
            num_beams=1,
            do_sample=warm,
            temperature=order.temperature if warm else None,
            eos_token_id=sorted(self._ends) or None,
        )
        if not warm:
            manner.update(top_p=None, top_k=None)
        if manner.pad_token_id is None:
            manner.update(pad_token_id=min(self._ends, default=0))
        return manner

    def _look(self, *_: object) -> None:
        """Before every layer, so that not even a long prompt is read on in vain."""
        if self._stopped():
            raise _Stopped


class _Stopped(Exception):
    """Nobody waits for the answer any more."""


class _Streamer:
    """Passes tokens on; the library hands it the prompt first."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self._tell = tell
        self._is_prompt = True

    def put(self, tokens: Any) -> None:
        if self._is_prompt:
            self._is_prompt = False
            return
        for token in tokens.tolist():
            self._tell(token)

    def end(self) -> None:
        """Nothing is left to tell."""


def _as_tuple(ids: int | Sequence[int] | None) -> tuple[int, ...]:
    if ids is None:
        return ()
    return (ids,) if isinstance(ids, int) else tuple(ids)


def _marks_of(tokenizer: Any) -> list[str]:
    """What stands for a token of the model's own form when it is written in a text."""
    added = [str(one) for one in tokenizer.added_tokens_decoder.values() if one.special]
    return sorted({*added, *tokenizer.all_special_tokens}, key=len, reverse=True)
