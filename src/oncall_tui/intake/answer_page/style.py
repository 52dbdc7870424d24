"""How the answer page looks. The policy names this very text by its hash, so no other style can be slipped in."""

from __future__ import annotations

import base64
import hashlib

CSS = """
:root{color-scheme:light dark;--ink:#1b1f24;--quiet:#59636e;--ground:#fff;--raised:#f3f5f7;--line:#d1d9e0;
--bad:#b42318;--busy:#8a5a00;--good:#1a7f37;--act:#0b57d0;--on-act:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--quiet:#9198a1;--ground:#0d1117;--raised:#161b22;--line:#3d444d;
--bad:#ff7b72;--busy:#e3b341;--good:#56d364;--act:#79b8ff;--on-act:#0d1117}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1.0625rem/1.45 system-ui,sans-serif;
overflow-wrap:anywhere}
main{max-width:40rem;min-height:100vh;min-height:100dvh;margin:0 auto;padding:1rem 1rem 0;
display:flex;flex-direction:column}
.state{margin:0;font-weight:600}
.triggered{color:var(--bad)}.acknowledged{color:var(--busy)}.resolved{color:var(--good)}
h1{font-size:1.375rem;line-height:1.25;margin:.25rem 0 .5rem}
h2{font-size:1rem;margin:1.25rem 0 .25rem}
p{margin:.5rem 0}
.told,.refused,.asks{padding:.75rem;border-left:.25rem solid var(--good);background:var(--raised)}
.refused{border-color:var(--bad)}.asks{border-color:var(--busy)}
.quiet,dt,time{color:var(--quiet)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem .75rem;margin:.75rem 0}
dt,dd{margin:0}
.description{white-space:pre-line}
ol{list-style:none;margin:0;padding:0}
li{padding:.25rem 0;border-top:1px solid var(--line)}
time{display:block;font-size:.875rem}
form{position:sticky;bottom:0;display:flex;flex-wrap:wrap;gap:.5rem;margin-top:auto;padding:.75rem 0;
background:var(--ground);
border-top:1px solid var(--line)}
button,.back{flex:1 1 auto;display:flex;align-items:center;justify-content:center;
min-height:3rem;padding:.5rem .25rem;border:1px solid var(--line);border-radius:.5rem;
background:var(--raised);color:var(--ink);
font:600 1rem/1.2 system-ui,sans-serif;white-space:nowrap;text-decoration:none}
button.first{flex-grow:2;background:var(--act);border-color:var(--act);color:var(--on-act)}
button:focus-visible,.back:focus-visible{outline:3px solid var(--act);outline-offset:2px}
footer{padding:1rem 0;font-size:.875rem}
"""

_HASH = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode("ascii")

POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
