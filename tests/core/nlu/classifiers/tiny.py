"""A tiny classifier, made and taught on the spot to tell two texts from each other."""

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

TAUGHT = {"red": "annoyance", "blue": "love", "green": "neutral"}
_STEPS = 80


def make(folder: Path) -> None:
    """Write model and tokenizer into a folder."""
    torch.manual_seed(7)
    torch.set_num_threads(1)
    words = sorted({word for text in TAUGHT for word in text.split()})
    bare = Tokenizer(
        models.WordLevel({word: at for at, word in enumerate(["[UNK]", "[PAD]", *words])}, "[UNK]")
    )
    bare.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bare, unk_token="[UNK]", pad_token="[PAD]", model_max_length=16
    )
    labels = dict(enumerate(sorted(TAUGHT.values())))
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=16,
        pad_token_id=1,
        hidden_dropout_prob=0.0,
        id2label=labels,
        label2id={label: at for at, label in labels.items()},
    )
    model = BertForSequenceClassification(config)
    asked = tokenizer(list(TAUGHT), return_tensors="pt", padding=True)
    right = torch.tensor([config.label2id[label] for label in TAUGHT.values()])
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    for _ in range(_STEPS):
        model(**asked, labels=right).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
