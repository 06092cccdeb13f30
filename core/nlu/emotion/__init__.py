"""What customers feel, as far as their words say it.

judge      texts to feelings, by language (START HERE)
feelings   the values
head       the trained head for English, in english.npz (README.md says where it comes from)
features   a text's words, hashed
lexicon    Chinese, by words that name a feeling, in chinese.toml
learn      what a tenant's own labels change
"""
