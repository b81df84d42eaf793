import { expect, it } from 'vitest'
import type { Ip } from '../../../src/wire/ip.js'
import { isCutOff } from '../../../src/workflows/watch/cut-off.js'

const [ONE, OTHER] = [0x0a00_0001, 0x0a00_0002]

/** Gateways, each with the turn in which its first answer comes; null: none does. */
async function look(answering: readonly (number | null)[]) {
  const gateways: Ip[] = [ONE, OTHER].slice(0, answering.length)
  const asked: Ip[] = []
  let turn = 0
  const cutOff = await isCutOff({
    gateways,
    answers: (ip) => {
      const from = answering[gateways.indexOf(ip)] ?? null
      return 7 + (from !== null && turn > from ? 1 : 0) // what came before does not count
    },
    ask: (ip) => void asked.push(ip),
    sleep: async () => void turn++,
  })
  return [cutOff, asked.length]
}

it('a machine that a gateway answers is not cut off, and asks no more than it takes', async () => {
  expect(await look([0])).toEqual([false, 1])
  expect(await look([2])).toEqual([false, 3])
  expect(await look([null, 0])).toEqual([false, 2])
})

it('a machine that no gateway answers is, and of one without a gateway nobody can say', async () => {
  expect(await look([null])).toEqual([true, 3])
  expect(await look([null, null])).toEqual([true, 6])
  expect(await look([])).toEqual([false, 0])
})
