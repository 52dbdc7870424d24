"""Answering a page from a phone: the signed link that it carries, what its page shows, and what its buttons do."""

from oncall_tui.ops.answering.answers import Act, Answering, AnswerView, Wish
from oncall_tui.ops.answering.links import Links

__all__ = ["Act", "AnswerView", "Answering", "Links", "Wish"]
