"""What people do to an incident, each a rule of its own; every one is carried out by `acts.act`."""
