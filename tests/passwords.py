"""Passwords that break a URL when somebody forgets to quote them, or to unquote them once."""

AWKWARD = (
    "100%",
    "%40",
    "p@ss",
    "a/b",
    "a b",
    " ",
    "a+b",
    "a:b",
    "a?b#c",
    "a&b=c",
    "[a]",
    "'\"`$\\",
    "żółć",
    "a\nb",
)
