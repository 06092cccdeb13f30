"""A tiny causal model, made and taught on the spot: it says one text after every talk.

Two layers of a real Llama and a real byte-level tokenizer, small enough to be taught in seconds
and to be kept as files that the library reads like any other model's.
"""

from pathlib import Path

import torch
from tokenizers import ByteLevelBPETokenizer
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from core.models.prompt import BUILT_IN

MARKS = ("<|end|>", "<|system|>", "<|user|>", "<|assistant|>")
TEMPLATE = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SAYS = "Delivery to Canada takes five days. [1]"
WINDOW = 2_048
_BEFORE = (16, 128, 600)
_STEPS = 45


def make(folder: Path, says: str = SAYS, template: str = TEMPLATE) -> None:
    """Write model and tokenizer into a folder."""
    torch.manual_seed(7)
    torch.set_num_threads(1)
    tokenizer = _tokenizer(says, template)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=WINDOW,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
    )
    model = LlamaForCausalLM(config)
    model.generation_config = GenerationConfig(eos_token_id=tokenizer.eos_token_id)
    _teach(model, tokenizer, says)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _tokenizer(says: str, template: str) -> PreTrainedTokenizerFast:
    bare = ByteLevelBPETokenizer()
    read = [(BUILT_IN / f"{name}.txt").read_text("utf-8") for name in ("answer", "plain")]
    bare.train_from_iterator([*read, *[says] * 4], vocab_size=900, special_tokens=list(MARKS))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bare._tokenizer, eos_token=MARKS[0])
    tokenizer.add_special_tokens({"additional_special_tokens": list(MARKS[1:])})
    tokenizer.chat_template = template
    return tokenizer


def _teach(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, says: str) -> None:
    """The text after anything, long or short, that ends where an answer begins."""
    begin, end = tokenizer.convert_tokens_to_ids(MARKS[3]), tokenizer.eos_token_id
    answer = torch.tensor([begin, *tokenizer(says)["input_ids"], end])
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for step in range(_STEPS):
        before = torch.randint(0, len(tokenizer), (4, _BEFORE[step % len(_BEFORE)]))
        before[before == begin] = end
        ids = torch.cat((before, answer.expand(4, -1)), dim=1)
        labels = ids.clone()
        labels[:, : before.shape[1] + 1] = -100
        model(input_ids=ids, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
