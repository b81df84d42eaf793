import { STYLE } from '../../report/reporters/html/style.js'

/** What the page of a watch adds to the style of all pages. */
export const WATCH_STYLE = `${STYLE}
a { color: var(--note) }
code { font: .9em ui-monospace, monospace }
blockquote { margin: .25rem 0; padding-left: .75rem; border-left: 4px solid var(--line) }
#live { position: sticky; top: 0; max-width: 72rem; margin: 0 auto; padding: .25rem 1rem; background: var(--paper) }
#live.late { color: var(--bad); font-weight: bold }
main { padding-top: 0 }
td .quiet { display: block }
tbody tr { border-left: 4px solid var(--line) }
tbody tr[class] { border-bottom-color: var(--line) }
.lane { display: grid; grid-template-columns: minmax(0, 7rem) minmax(6rem, 1fr); gap: .5rem; align-items: center; font-size: .8rem; min-width: 14rem }
.lane svg { display: block; width: 100%; height: .8rem; background: var(--block) }
.good { fill: var(--good) }
.bad { fill: var(--bad) }
.doubt { fill: var(--warn) }
td:first-child { min-width: 8rem }
@media (max-width: 40rem) {
  .lane { min-width: 0 }
  tbody tr { padding-left: .5rem; margin: .75rem 0 }
}
`
