"""Agents at work in a chat of their own: a thread for each handoff.

ports      what a chat can do for us (START HERE)
thread     the values
mark       which words are for colleagues only
briefing   what is known of a conversation
cards      what stands in the thread. Pure
deeds      what agents do there, done
serving    brings threads up to date, one after the other
sending    lets out what was held back
"""
