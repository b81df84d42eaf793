/** The whole style of the page: no font, picture or sheet from elsewhere. The policy of the page names its hash. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --quiet: #57606a; --line: #d0d7de; --block: #f6f8fa; --bad: #cf222e; --warn: #9a6700; --good: #1a7f37; --note: #0969da }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --quiet: #9198a1; --line: #3d444d; --block: #161b22; --bad: #ff7b72; --warn: #d29922; --good: #3fb950; --note: #58a6ff } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
main { max-width: 72rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.4rem; line-height: 1.3; margin: 0 0 .5rem }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line) }
h3 { font-size: 1rem; margin: 0 0 .25rem }
p { margin: .25rem 0 }
.quiet { color: var(--quiet); font-size: .875rem }
header, article { border-left: 4px solid var(--line); padding: .5rem .75rem; margin: .75rem 0 }
.error, .findings, .failed { border-color: var(--bad) }
.warning, .inconclusive, .unknown { border-color: var(--warn) }
.info { border-color: var(--note) }
.healthy, .held { border-color: var(--good) }
pre { background: var(--block); border: 1px solid var(--line); border-radius: 6px; padding: .5rem; margin: .5rem 0; white-space: pre-wrap; font: .85rem/1.45 ui-monospace, monospace }
summary { cursor: pointer; padding: .25rem 0 }
ul, ol { padding-left: 1.25rem; margin: .25rem 0 }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: .9rem }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem; border-bottom: 1px solid var(--line) }
@media (max-width: 40rem) {
  thead { display: none }
  tr { display: block; border-bottom: 1px solid var(--line); padding: .25rem 0 }
  td { display: block; border: 0; padding: 0 }
  td:empty { display: none }
  td::before { content: attr(data-head) ": "; color: var(--quiet) }
}
`
