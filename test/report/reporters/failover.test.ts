import { describe, expect, it } from 'vitest'
import { takeoverOf } from '../../../src/cluster/announcers/takeovers.js'
import { failoverJson, failoverText } from '../../../src/report/reporters/failover.js'
import { displayWidth } from '../../../src/report/reporters/pretty/text.js'
import { A, asked, B, timed, VIP } from '../../failover/timed.js'

const STATES: Readonly<Record<string, () => ReturnType<typeof timed>>> = {
  measured: () =>
    timed(
      [asked(0, 3, [A]), asked(3, 5, []), `4.95 garp ${B}/${VIP}`, asked(5, 8, [B])].join('\n'),
      { failAboveMs: 3000 },
      { promiseOf: () => takeoverOf('kube-vip', 5), nodeOf: (mac) => (mac === 0x020000000002 ? 'node-a' : null) },
    ),
  'long-silence': () =>
    timed(
      [asked(0, 3, [A]), asked(3, 23, []), asked(23, 27, [B])].join('\n'),
      { failAboveMs: 3000 },
      {
        promiseOf: () => takeoverOf('metallb', null),
      },
    ),
  'twice-with-overlap': () =>
    timed(
      [asked(0, 3, [A]), asked(3, 5, [A, B]), asked(5, 9, [B]), asked(9, 9.4, []), asked(9.4, 13, [A])].join('\n'),
      {
        times: 2,
      },
    ),
  none: () => timed([asked(0, 3, [A]), asked(3, 4, []), asked(4, 7, [A])].join('\n')),
}

const plain = { colour: false, unicode: true, quiet: false, verbose: false }

describe.each(Object.keys(STATES))('%s', (name) => {
  it.each([60, 80, 140])('in %i columns', async (width) => {
    const text = failoverText(await STATES[name]!(), { ...plain, width })
    expect(text.split('\n').filter((line) => displayWidth(line) > width)).toEqual([])
    await expect(text).toMatchFileSnapshot(`__snapshots__/failover/${name}.${width}.txt`)
  })

  it('in ASCII', async () => {
    const text = failoverText(await STATES[name]!(), { ...plain, unicode: false, width: 80 })
    expect(text).toMatch(/^[\n\x20-\x7e]*$/)
    await expect(text).toMatchFileSnapshot(`__snapshots__/failover/${name}.ascii.txt`)
  })
})

it('what a cluster names cannot command the terminal or a log', async () => {
  const nodeOf = () => '\u001b[31mnode\n::error::x##[error]'
  const report = await timed([asked(0, 2, [A]), asked(2, 5, [B])].join('\n'), {}, { nodeOf })
  const text = failoverText(report, { ...plain, width: 80 })
  for (const one of [text, failoverJson(report)]) {
    expect(one).not.toContain('\u001b')
    expect(one).not.toContain('##[')
    expect(one).not.toMatch(/^\s*::error/m)
  }
  expect(JSON.parse(failoverJson(report)).addresses[0].owner.node).toBe(nodeOf())
})
