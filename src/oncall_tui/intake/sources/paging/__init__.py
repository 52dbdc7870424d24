"""Other pagers whose senders change only the host name: PagerDuty v1 and changes, Opsgenie, VictorOps."""
