import { hostName } from '../node/redact.js'
import {
  type Declared,
  figure,
  interfaceName,
  leftOut,
  objectKey,
  redacted,
  strictlyOneOf,
  time,
  version,
  words,
} from '../redact/declare.js'
import type { Pseudonyms } from '../redact/pseudonyms.js'
import { SEVERITIES } from '../report/severities.js'
import { CERTAINTIES } from '../rules/certainty.js'
import { allRules } from '../rules/registry.js'
import { ofEach, type Steps } from '../steps.js'
import { RULES_AT, STATUS_AT } from '../watch/page/places.js'
import type { Status, VipStatus } from '../watch/page/status.js'
import { MACHINE, oneOfOurs, source, VERDICT, withoutLeaks } from './redact-watched.js'

/** What becomes of each member. Sentences hold names and addresses among words of ours: the rule says what a finding is. */
const REST: Declared<Omit<Status, 'vips'>> = {
  schemaVersion: figure,
  tool: { name: strictlyOneOf('l2doctor'), version },
  at: time,
  interfaces: { name: interfaceName, up: figure, asks: figure, judgedAt: time },
  findings: {
    interface: interfaceName,
    rule: oneOfOurs(allRules.map(({ id }) => id)),
    title: oneOfOurs(allRules.map(({ title }) => title)),
    severity: strictlyOneOf(...SEVERITIES),
    certainty: strictlyOneOf(...CERTAINTIES),
    because: leftOut,
    subject: words,
    message: leftOut,
    since: time,
    docs: oneOfOurs(allRules.map(({ id }) => `${RULES_AT}${id}`)),
  },
  expectations: {
    interface: interfaceName,
    title: leftOut,
    status: strictlyOneOf('held', 'failed', 'unknown'),
    message: leftOut,
  },
  counts: {
    healthy: figure,
    findings: figure,
    inconclusive: figure,
    standing: figure,
    left: figure,
    expectations: figure,
  },
}

const VIP: Declared<VipStatus> = {
  ip: words,
  interface: interfaceName,
  services: objectKey,
  verdict: VERDICT,
  because: leftOut,
  responders: MACHINE,
  expected: { node: hostName, from: source },
  answersAsExpected: figure,
  failedExpectations: leftOut,
  owner: MACHINE,
  ownerSince: time,
  moves: figure,
  lastAnswerAt: time,
  lastHour: { from: time, to: time, verdict: VERDICT, machines: MACHINE },
}

/** What a watch knows, under pseudonyms and without sentences. Throws CannotLook where a true name or address would stay in it. */
export function* redactingStatus(status: Status, newKey: () => Uint8Array): Steps<Status> {
  return yield* withoutLeaks({ subject: STATUS_AT, of: status, newKey }, (to) => writing(status, to))
}

function* writing({ vips, ...rest }: Status, to: Pseudonyms): Steps<Status> {
  const written = yield* ofEach(vips, (vip) => redacted(vip, VIP, to))
  const { findings, expectations, counts, ...first } = redacted(rest, REST, to)
  return { ...first, vips: written, findings, expectations, counts }
}
