import { plural } from '../../report/plural.js'
import { printableReport } from '../../report/printable.js'
import { hashOf, htmlDocument, policyOf } from '../../report/reporters/html/document.js'
import { type Content, el, type Html, trusted } from '../../report/reporters/html/elements.js'
import { rest, SHOWN, section, table } from '../../report/reporters/html/parts.js'
import type { Machine } from '../model.js'
import { lanes, machineName } from './lanes.js'
import { REDACTED_AT, REDACTED_STATUS_AT, STATUS_AT } from './places.js'
import { SCRIPT } from './script.js'
import type { FindingStatus, Status, VipStatus } from './status.js'
import { WATCH_STYLE } from './style.js'

/** For the header of the page: it loads nothing, runs one script and asks nobody but the watch itself. */
export const WATCH_POLICY = policyOf(WATCH_STYLE, [
  `script-src ${hashOf(SCRIPT)}`,
  "connect-src 'self'",
  "frame-ancestors 'none'",
])

/** For the header of the page under pseudonyms. */
export const REDACTED_POLICY = policyOf(WATCH_STYLE, ["frame-ancestors 'none'"])

/** Seconds after which it is loaded again where there is no script. */
const RELOAD_S = 30

/** The page of a watch; `tag` is that of the status it shows, in quotes. What networks and clusters named is text in it. */
export function watchPage(status: Status, tag: string): string {
  const shown = printableReport(status)
  return htmlDocument({
    title: `l2doctor watch: ${headline(shown)}`,
    attributes: { 'data-tag': tag },
    head: [el('noscript', {}, [el('meta', { 'http-equiv': 'refresh', content: `${RELOAD_S}` })])],
    style: WATCH_STYLE,
    body: [
      el('p', { id: 'live', class: 'quiet' }, ['Without JavaScript it is loaded again every half minute.']),
      el('main', {}, [
        ...content(shown),
        ...closing(shown, [
          el('a', { href: STATUS_AT }, ['as JSON']),
          '; for a ticket, under pseudonyms: ',
          el('a', { href: REDACTED_AT }, ['this page']),
          ', ',
          el('a', { href: REDACTED_STATUS_AT }, ['as JSON']),
        ]),
      ]),
      el('script', {}, [trusted(SCRIPT)]),
    ],
  })
}

/** The page of a status under pseudonyms, to be saved as a file: it runs nothing and does not change. */
export function redactedPage(status: Status): string {
  const shown = printableReport(status)
  return htmlDocument({
    title: `l2doctor watch: ${headline(shown)}`,
    attributes: {},
    head: [el('meta', { 'http-equiv': 'Content-Security-Policy', content: policyOf(WATCH_STYLE) })],
    style: WATCH_STYLE,
    body: [el('main', {}, [...content(shown), ...closing(shown, ['names, addresses and MACs are pseudonyms'])])],
  })
}

function content(status: Status): Html[] {
  return [...opening(status), ...addresses(status), ...findings(status), ...expectations(status)]
}

/** The whole state in one line. */
function headline({ at, counts, interfaces, expectations, findings }: Status): string {
  const blind = interfaces.filter(({ up }) => !up).map(({ name }) => name)
  const all = counts.healthy + counts.findings + counts.inconclusive
  const failed = expectations.filter(({ status }) => status === 'failed').length
  if (counts.findings > 0 || failed > 0)
    return [
      ...(counts.findings > 0 ? [`a fault at ${counts.findings} of ${plural(all, 'address', 'addresses')}`] : []),
      ...(failed > 0 ? [`${plural(failed, 'expectation')} failed`] : []),
    ].join(', ')
  if (blind.length > 0) return `blind on ${blind.join(', ')}`
  if (at === null) return 'nothing is judged yet'
  if (counts.inconclusive > 0)
    return `${counts.inconclusive} of ${plural(all, 'address', 'addresses')} cannot be judged`
  if (findings.some(({ severity }) => severity !== 'info'))
    return `${plural(counts.standing, 'finding')}, none of an address`
  return `no fault seen at ${plural(all, 'address', 'addresses')}`
}

function opening(status: Status): Html[] {
  const words = headline(status)
  return [
    el('header', { class: worst(status) }, [
      el('h1', {}, [words.charAt(0).toUpperCase() + words.slice(1)]),
      el('p', {}, [status.at === null ? 'The first window is not over.' : `As of ${time(status.at)}.`]),
      ...status.interfaces.map((one) => el('p', { class: 'quiet' }, [interfaceWords(one)])),
    ]),
  ]
}

function worst({ at, counts, interfaces, expectations }: Status): string {
  if (counts.findings > 0 || expectations.some(({ status }) => status === 'failed')) return 'findings'
  return at === null || counts.inconclusive > 0 || interfaces.some(({ up }) => !up) ? 'inconclusive' : 'healthy'
}

function interfaceWords({ name, up, asks, judgedAt }: Status['interfaces'][number]): string {
  const heard = up ? 'is heard' : 'is not heard: nothing is known of what it shows'
  const asked = asks === false && up ? '; no requests are sent, so silence is not judged' : ''
  return `${name} ${heard}${asked}${judgedAt === null ? '' : `; judged ${time(judgedAt)}`}`
}

const HEADS = ['Address', 'Owner', 'Should answer', 'Since', 'Verdict', 'Last hour: who answered'] as const

function addresses({ vips, counts }: Status): Html[] {
  const all = counts.healthy + counts.findings + counts.inconclusive
  if (all === 0) return []
  return section('Addresses', [
    table(HEADS, vips.slice(0, SHOWN).map(row), (at) => vips[at] && rowClass(vips[at])),
    ...rest(all, 'more address', 'more addresses'),
  ])
}

function row(vip: VipStatus): Content[] {
  const { ip, interface: device, services, owner, ownerSince, moves } = vip
  return [
    cell(ip, [...services, device].join(', ')),
    owner === null
      ? ''
      : cell(machineName(owner), [owner.node === null ? '' : owner.mac, others(vip)].filter(Boolean).join('; ')),
    expectedCell(vip),
    ownerSince === null ? '' : cell(time(ownerSince), moves === 0 ? '' : plural(moves, 'move')),
    verdictCell(vip),
    lanes(vip),
  ]
}

function rowClass({ verdict, failedExpectations }: VipStatus): string {
  return failedExpectations.length > 0 ? 'findings' : verdict
}

/** What the check file forbids is wrong, though no rule finds a fault. */
function verdictCell({ verdict, because, failedExpectations: failed }: VipStatus): Html {
  const words = verdict !== 'findings' && failed.length > 0 ? 'expectation failed' : VERDICT[verdict]
  return cell(words, [...(because === null ? [] : [because]), ...failed].join('; '))
}

const VERDICT: Record<VipStatus['verdict'], string> = {
  healthy: 'no fault seen',
  findings: 'fault',
  inconclusive: 'cannot be judged',
}

function others({ owner, responders }: VipStatus): string {
  const more = responders.filter(({ mac }) => mac !== owner?.mac)
  return more.length === 0 ? '' : `also answers: ${more.map(both).join(', ')}`
}

function both({ mac, node }: Machine): string {
  return node === null ? mac : `${node} (${mac})`
}

function expectedCell({ expected, answersAsExpected }: VipStatus): Content {
  const holds = answersAsExpected === false ? 'another machine answers' : ''
  if (expected === null) return holds
  return cell(expected.node ?? 'no node', [expected.from, holds].filter(Boolean).join('; '))
}

function cell(text: string, quiet: string): Html {
  return el('span', {}, [el('strong', {}, [text]), ...(quiet === '' ? [] : [el('span', { class: 'quiet' }, [quiet])])])
}

function findings({ findings: all, counts }: Status): Html[] {
  if (all.length === 0 && counts.left === 0) return []
  const left = `${plural(counts.left, 'finding')} of before: another watch asks now, and says what stands.`
  return section('Findings', [
    ...all.slice(0, SHOWN).map(finding),
    ...rest(counts.standing, 'more finding'),
    ...(counts.left > 0 ? [el('p', { class: 'quiet' }, [left])] : []),
  ])
}

function finding({ severity, title, subject, message, certainty, because, since, rule, docs }: FindingStatus): Html {
  return el('article', { class: severity }, [
    el('h3', {}, [`${title} (${subject})`]),
    el('p', {}, [message]),
    el('p', {}, [`${certainty.charAt(0).toUpperCase()}${certainty.slice(1)}: ${because}`]),
    el('p', { class: 'quiet' }, [
      `${severity}; since ${time(since)}; `,
      el('a', { href: docs }, [rule]),
      ': what it means, how to confirm and fix it',
    ]),
  ])
}

function expectations({ expectations: all, counts }: Status): Html[] {
  if (all.length === 0) return []
  const rows = all.slice(0, SHOWN).map(({ status, title, message }) => [status, title, message])
  return section('Expectations', [
    table(['Status', 'Expected', 'Seen'], rows),
    ...rest(counts.expectations, 'more expectation'),
  ])
}

function closing({ tool }: Status, last: readonly Content[]): Html[] {
  return [el('p', { class: 'quiet' }, [`l2doctor ${tool.version}; times are UTC; `, ...last])]
}

/** `2026-01-01 00:00:07`. */
function time(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ')
}
