"""Demo: an invented world of two bureaus and a mediator, the same for the same seed.

Decides how many people there are, what they are called and what each bureau has written
down about them (`world`, with `names`). Everybody in it is a random combination of
syllables and common given names; none of them is a real person.
It refuses chance from anywhere but the seed, so that a demo and a test can repeat itself.

Entry functions: `homeward.demo.world.build_world`, and `homeward.demo.pools.make_pool` for
people whom a given agreement can send home.
"""
