import { hostName } from '../node/redact.js'
import {
  type Declared,
  figure,
  interfaceName,
  leftOut,
  mapOf,
  nodeName,
  objectKey,
  redacted,
  strictlyOneOf,
  time,
  version,
  words,
} from '../redact/declare.js'
import { SEVERITIES } from '../report/severities.js'
import { CERTAINTIES } from '../rules/certainty.js'
import { allRules } from '../rules/registry.js'
import { ofEach, type Steps } from '../steps.js'
import type { HistoryLine, LineOf } from '../watch/history-line.js'
import { MACHINE, oneOfOurs, source, VERDICT, withoutLeaks } from './redact-watched.js'

/** A finding is its rule, subject and certainty: its words hold names and addresses, and its fingerprint would confirm a guess. */
const FINDING: Declared<LineOf<'finding-began'>['finding']> = {
  rule: oneOfOurs(allRules.map(({ id }) => id)),
  severity: strictlyOneOf(...SEVERITIES),
  certainty: strictlyOneOf(...CERTAINTIES),
  subject: words,
  message: leftOut,
  fingerprint: words,
}

/** What becomes of each member of each line. */
const LINES: { readonly [E in HistoryLine['event']]: Declared<LineOf<E>> } = {
  begun: {
    event: strictlyOneOf('begun'),
    kind: strictlyOneOf('l2doctor/History'),
    version: figure,
    at: time,
    writtenBy: version,
    continued: figure,
  },
  ended: { event: strictlyOneOf('ended'), at: time, judgedUntil: time, readUntil: time },
  vip: {
    event: strictlyOneOf('vip'),
    at: time,
    interface: interfaceName,
    asked: figure,
    ip: words,
    services: objectKey,
    responders: MACHINE,
    owner: MACHINE,
    expected: { node: hostName, from: source },
    verdict: VERDICT,
    because: leftOut,
  },
  segment: {
    event: strictlyOneOf('segment'),
    at: time,
    interface: interfaceName,
    gateways: { ip: words, mac: words },
  },
  'vip-gone': { event: strictlyOneOf('vip-gone'), at: time, interface: interfaceName, ip: words },
  'finding-began': { event: strictlyOneOf('finding-began'), at: time, interface: interfaceName, finding: FINDING },
  'finding-ended': {
    event: strictlyOneOf('finding-ended'),
    at: time,
    since: time,
    interface: interfaceName,
    finding: FINDING,
  },
  service: {
    event: strictlyOneOf('service'),
    at: time,
    service: objectKey,
    ips: words,
    nodes: mapOf(words, nodeName),
    announcers: words,
    unseenFrom: time,
  },
  lost: { event: strictlyOneOf('lost'), at: time, lines: figure },
}

/** The lines of a history under pseudonyms and without sentences. Throws CannotLook where a true name or address would stay in them. */
export function* redactingHistory(lines: readonly HistoryLine[], newKey: () => Uint8Array): Steps<HistoryLine[]> {
  return yield* withoutLeaks({ subject: 'history', of: lines, newKey }, (to) =>
    ofEach(lines, (line) => redacted(line, LINES[line.event] as Declared<HistoryLine>, to)),
  )
}
