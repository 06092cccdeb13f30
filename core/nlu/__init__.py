"""Language, intent, emotion: what fills the Understander port."""
