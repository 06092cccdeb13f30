"""How well unsupported sentences are told: cases.py has true ones, planted.py spoils them."""
