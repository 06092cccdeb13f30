"""What the bot may do by itself, as rules that an operator writes.

rules       the values: conditions, what is done, the policy
situation   what the rules look at
words       lists of words, found in and masked out of texts
hours       when people are there
judge       the rule that fires, and why (START HERE)
load        policy.toml, all mistakes at once
explain     the same in words, for people and for programs
policy.toml the policy that ships
"""
