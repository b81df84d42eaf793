import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { attribute } from '../../src/facts/attribution.js'
import { known } from '../../src/known.js'
import { type Finding, judge } from '../../src/rules/engine.js'
import { allRules } from '../../src/rules/registry.js'
import { FACT_FILES } from './fact-files.js'
import { type Fixture, listFixtures, readQuestion } from './fixtures.js'

/** Words of ARP, in a text that does not name the other family too. */
const OF_ARP =
  /\b(ARP|arping -|arptables|arp (inspection|and|or)|arp_\w+|bcast\w*|broadcasts?|IPv4|RFC 5227|0\.0\.0\.0|gratuitous)\b/
const OF_BOTH = /IPv6|neighbour|multicast/i

/** `10.0.0.240`: `fd00::10:0:0:240`. */
const six = (text: string) => text.replace(/\b(\d+)\.(\d+)\.(\d+)\.(\d+)\b(?!\.)/g, 'fd00::$1:$2:$3:$4')

/** A trace of ARP as neighbour discovery shows the same, without probes, which mean another thing there; null: it cannot. */
function translated(trace: string): string | null {
  const lines = trace.split('\n').map((line) => line.replace(/#.*/, '').trim())
  if (lines.some((line) => / (oper|frame|carp) |>\S+ request/.test(line))) return null
  return lines
    .filter((line) => !/ probe |0\.0\.0\.0/.test(line))
    .map((line) => line.replace(/ reply /, ' answer ').replace(/ garp-reply /, ' garp '))
    .map((line) => line.replace(/ request (\S+) -> [^\s/]+\//, ' ask $1 -> '))
    .map(six)
    .join('\n')
}

function textsOf({ message, because, evidence, fixes }: Finding): string[] {
  const steps = fixes.flatMap(({ summary, steps, sideEffects = [], verify, undo }) => [
    summary,
    ...steps.flatMap(({ text, run = '' }) => [`${text} ${run}`]),
    ...sideEffects,
    verify,
    undo,
  ])
  return [message, because, ...evidence.map((one) => JSON.stringify(one)), ...steps]
}

function findingsIn({ path }: Fixture): readonly Finding[] | null {
  const names = readdirSync(path)
  const ofWire = ['trace.txt', 'question.json', 'expected.json', 'README.md']
  if (!names.includes('trace.txt') || names.some((name) => !ofWire.includes(name))) return null
  const trace = translated(readFileSync(join(path, 'trace.txt'), 'utf8'))
  if (trace === null) return null
  const question = readQuestion(path, six)
  const facts = FACT_FILES['trace.txt']!(trace, question)
  const none = { expected: known(new Map(), 'none'), attribution: known(attribute([]), 'none') }
  return judge(allRules, { ...none, ...facts, question: known(question, 'question.json') }).findings
}

it('says of IPv6 nothing in the words of ARP: the situations of the wire rules, with IPv6 addresses', () => {
  const all = listFixtures().flatMap((fixture) => {
    const findings = findingsIn(fixture)
    return findings === null ? [] : [{ fixture, findings }]
  })
  const spoken = all.flatMap(({ findings }) => findings.flatMap((one) => textsOf(one).map((text) => [one.rule, text])))
  expect(all.length).toBeGreaterThan(100)
  expect(new Set(all.flatMap(({ findings }) => findings.map(({ rule }) => rule))).size).toBeGreaterThan(20)
  const wrong = spoken.filter(([, text = '']) => OF_ARP.test(text) && !OF_BOTH.test(text))
  expect([...new Set(wrong.map(([rule, text]) => `${rule}: ${text}`))]).toEqual([])
})
