"""How platforms count text."""


def utf16(text: str) -> int:
    """Units of two bytes: characters such as emoji have two of them."""
    return len(text) + sum(letter > "\uffff" for letter in text)
