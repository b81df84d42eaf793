import type { ExpectedFrom } from '../cluster/announcers/announcer.js'
import { VOCABULARY } from '../cluster/vocabulary.js'
import { CannotLook } from '../known.js'
import { hostName } from '../node/redact.js'
import { Addresses } from '../redact/addresses.js'
import { type Declared, leftOut, strictlyOneOf, words } from '../redact/declare.js'
import { type Pseudonyms, writingPseudonyms } from '../redact/pseudonyms.js'
import type { Steps } from '../steps.js'
import type { Machine } from '../watch/model.js'
import { leaksIn } from './redaction-leaks.js'

/** How what both the status and the history of a watch have is written under pseudonyms. */

/** A pseudonym may happen to be an address of the same text: another key gives others. */
const TRIES = 5

/** What is written of it under pseudonyms. Throws CannotLook where a true name or address would stay in it. */
export function* withoutLeaks<T>(
  { subject, of, newKey }: { readonly subject: string; readonly of: unknown; readonly newKey: () => Uint8Array },
  write: (to: Pseudonyms) => Steps<T>,
): Steps<T> {
  let stays = ''
  for (let n = 0; n < TRIES; n++) {
    const { written, names } = yield* writingPseudonyms(new Addresses(newKey()), write, VOCABULARY)
    const [leak] = leaksIn(of, written, names)
    if (leak === undefined) return written
    stays = leak
  }
  throw new CannotLook({
    subject,
    reason: `it cannot be redacted: ${stays} would still be in it`,
    hint: 'give it to nobody but those you trust',
  })
}

export const VERDICT = strictlyOneOf('healthy', 'findings', 'inconclusive')
export const MACHINE: Declared<Machine> = { mac: words, node: hostName }

/** One that is not named here does not compile: it would be replaced. */
const SOURCES: Record<ExpectedFrom, true> = {
  election: true,
  lease: true,
  status: true,
  event: true,
  annotation: true,
  address: true,
  adverts: true,
}

/** `metallb election`. */
export function source(text: string, to: Pseudonyms): string {
  const [, announcer = '', from = ''] = /^(.*) (.*)$/.exec(text) ?? []
  return Object.hasOwn(SOURCES, from) ? `${to.text(announcer)} ${from}` : to.text(text)
}

/** One of our own texts; another one is left out. */
export function oneOfOurs(ours: readonly string[]): (text: string) => string {
  const all = new Set(ours)
  return (text) => (all.has(text) ? text : leftOut())
}
