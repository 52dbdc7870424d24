"""`oncall integration …`: the group, each verb a file beside it."""

from __future__ import annotations

import click

from oncall_tui.cli.frame.flags import Family
from oncall_tui.cli.verbs.integrations.create import create
from oncall_tui.cli.verbs.integrations.key import key
from oncall_tui.cli.verbs.integrations.listing import list_
from oncall_tui.cli.verbs.integrations.rejected import rejected
from oncall_tui.cli.verbs.integrations.secret import secret
from oncall_tui.cli.verbs.integrations.switching import delete, disable, enable
from oncall_tui.cli.verbs.integrations.test import examples, test_
from oncall_tui.cli.verbs.integrations.topics import confirm, topics


@click.group(cls=Family)
def integration() -> None:
    """Senders' ways in: where they post, with which keys."""


integration.add_command(list_)
integration.add_command(create)
integration.add_command(key)
integration.add_command(secret)
integration.add_command(enable)
integration.add_command(disable)
integration.add_command(delete)
integration.add_command(rejected)
integration.add_command(test_)
integration.add_command(examples)
integration.add_command(topics)
integration.add_command(confirm)
