"""A config file that uses every key there is."""

from __future__ import annotations

KEY = "k" * 32

WHOLE = f"""
version: 1
users:
  - {{username: ana, name: Ana Silva, email: ana@example.com, phone: "+351 1", timezone: Europe/Lisbon, role: admin,
     holidays: PT-11, handles: {{slack: ana}},
     contacts: [{{name: push, url: "json://127.0.0.1:9/ana", limit: 10/5m}},
                {{name: mail, url: "json://127.0.0.1:9/mail"}}],
     rules: [{{contact: push, delay: 0s, urgency: high}}, {{contact: mail, delay: 5m}}]}}
  - {{username: bo, contacts: [{{name: push, url: "json://127.0.0.1:9/bo"}}]}}
  - {{username: cy, contacts: [{{name: push, url: "json://127.0.0.1:9/cy"}}]}}
  - {{username: dee, contacts: [{{name: push, url: "json://127.0.0.1:9/dee"}}]}}
teams:
  - {{name: payments, members: [ana, bo], policies: [payments]}}
schedules:
  - name: primary
    timezone: Europe/Lisbon
    layers:
      - {{name: weekly, users: [ana, [bo, cy], null], start: 2026-01-05T09:00, every: 1w, priority: 0}}
      - {{name: nights, users: [dee], start: 2026-01-05T00:00, every: 1d, timezone: Europe/Berlin,
         restrict: [{{days: [mon, tue], from: "20:00", to: "08:00"}}], priority: 1, until: 2027-01-01T00:00}}
      - {{name: office, users: [bo], start: 2026-01-05T09:00, every: 1d, days: [mon, fri], length: 8h}}
      - {{name: cron, users: [cy], start: 2026-01-05T09:00, cron: "0 9 * * MON"}}
      - {{name: fixed, shifts: [{{user: bo, start: 2026-12-24T09:00, end: 2026-12-26T09:00}}]}}
    overrides:
      - {{user: cy, replaces: ana, start: 2026-01-07T09:00, end: 2026-01-08T09:00}}
      - {{users: [bo, dee], start: 2026-02-07T09:00, end: 2026-02-08T09:00}}
      - {{add: dee, start: 2026-03-07T09:00, end: 2026-03-08T09:00}}
      - {{remove: [ana, bo], start: 2026-04-07T09:00, end: 2026-04-08T09:00}}
    temporary:
      - {{start: 2026-08-01T00:00, end: 2026-08-08T00:00,
         shifts: [{{user: dee, start: 2026-08-01T00:00, end: 2026-08-08T00:00}}]}}
    handoff: {{before: [2d, 30m], start: false, end: false, changes: false}}
    notices:
      - {{url: "json://127.0.0.1:9/room", on: change}}
      - {{url: "json://127.0.0.1:9/board", at: "09:00", days: [mon, fri]}}
policies:
  - name: payments
    repeat: 2
    remind: off
    steps:
      - {{delay: 5m, targets: [{{schedule: primary}}]}}
      - {{delay: 10m, assign: round_robin,
         targets: [{{user: cy}}, {{team: payments}}, {{url: "json://127.0.0.1:9/room"}}]}}
    fallback: [{{user: dee}}, {{url: "json://127.0.0.1:9/last"}}]
services:
  - {{name: checkout, description: Takes the money, team: payments, policy: payments, grouping: labels,
     group_labels: [job], group_window: 10m, urgency: severity,
     support_hours: {{timezone: Europe/Lisbon, windows: [{{days: [mon, fri], from: "09:00", to: "17:00"}}]}},
     ack_timeout: 30m, hold_for: 10s, runbook: "https://wiki.example.com/checkout", labels: {{tier: "1"}}}}
integrations:
  - {{name: prometheus, kind: alertmanager, service: checkout, key: {KEY},
     rules: [{{name: paid, match: 'team=~"pay.*", payload.version!="4"', transform: tidy, service: checkout,
              severity: critical, urgency: high, title: "$alertname on $instance", dedup_key: "$alertname",
              group_key: "$job", labels: {{site: lisbon}}, hold_for: 30s, continue: true}},
             {{match: ['severity="info"', 'env=test'], suppress: true}}],
     options: {{topics: ["arn:aws:sns:eu-west-1:1:t"], certificates_from: ["https://sns.example.com"]}}}}
rules:
  - {{name: quiet, match: env="test", urgency: low}}
heartbeats:
  - {{name: backup, service: checkout, every: 1d, grace: 1h}}
  - {{name: report, service: checkout, cron: "0 4 * * *", timezone: Europe/Lisbon}}
maintenance:
  - {{name: patching, services: [checkout], start: 2026-02-01T02:00Z, end: 2026-02-01T04:00Z, every: 1w,
     until: 2026-06-01T00:00Z}}
"""
