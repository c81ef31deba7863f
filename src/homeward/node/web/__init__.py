"""Web: the node in the browser.

Decides which page shows what to which role, in four languages, without a line of
JavaScript. It refuses a view without a row in `policy.POLICY`, inline script and style,
and a difference between what does not exist and what is not yours. Pages call
`node.actions` and nothing deeper.

Entry function: `server.serve`.
"""
