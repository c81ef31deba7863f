"""Actions: one function for each thing a user means to do.

Decides what happens when somebody at a node acts; web pages, the API and the commands
translate in, call one of these, and translate out. It refuses to know any of them, and
reads no clock: `now`, the actor and progress come in.

There is no single entry function; `lists` reads and writes the lists of people.
"""
