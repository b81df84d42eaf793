import { expect, it } from 'vitest'
import { Addresses } from '../../src/redact/addresses.js'
import { type Declared, figure, redacted, words } from '../../src/redact/declare.js'
import { underPseudonyms } from '../../src/redact/pseudonyms.js'

interface Model {
  readonly name: string
  readonly count: number
  readonly parts: readonly { readonly note: string | null; readonly kind?: 'a' | 'b' }[]
}

const part = { note: words, kind: words }
const whole: Declared<Model> = { name: words, count: figure, parts: part }

// the compiler holds these: a member that is not declared, one of an item that the model may lack, and a wrong kind
// @ts-expect-error count is missing
const without: Declared<Model> = { name: words, parts: part }
// @ts-expect-error kind is missing
const shallow: Declared<Model> = { name: words, count: figure, parts: { note: words } }
// @ts-expect-error a number is no text
const mixed: Declared<Model> = { name: words, count: words, parts: part }

it('leaves out what is not declared, and keeps what is not there', () => {
  const value = { name: 'acme', count: 3, parts: [{ note: null, secret: 'acme' }], secret: 'acme' }
  const { written } = underPseudonyms(new Addresses(new Uint8Array(32)), (to) => redacted<Model>(value, whole, to))
  expect([without, shallow, mixed]).toHaveLength(3)
  expect(written).toEqual({ name: 'value-r1', count: 3, parts: [{ note: null }] })
})
