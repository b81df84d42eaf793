import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { snapshotFromFiles } from '../../src/cluster/manifests.js'
import { CannotLook } from '../../src/known.js'
import { who, whoLine } from '../../src/workflows/who.js'
import { OBSERVED_AT, THREE_NODES } from '../cluster/api-fixture.js'

const NEVER = new AbortController().signal
const text = readFileSync(THREE_NODES, 'utf8')

async function lines(ips: readonly string[], yaml = text): Promise<string[]> {
  const cluster = snapshotFromFiles([{ name: 'cluster.yaml', text: yaml }], OBSERVED_AT)
  return (await who(ips, async () => cluster, NEVER)).map(whoLine)
}

describe('who', () => {
  it('says for every VIP which node should answer, and by which evidence', async () => {
    expect(await lines([])).toEqual([
      '10.77.0.5  no Service has this address  cp-1 (kube-vip lease: Lease/kube-system/plndr-cp-lock)',
      '10.77.0.240  default/web  node-c (metallb election: sha256 99f62df7)',
      '10.77.0.241  shop/api  node-b (metallb election: sha256 099426f4)',
    ])
  })

  it('answers for the address asked about, in the order of asking', async () => {
    expect(await lines(['10.77.0.241', '10.9.9.9'])).toEqual([
      '10.77.0.241  shop/api  node-b (metallb election: sha256 099426f4)',
      '10.9.9.9  no Service has this address  no announcer known',
    ])
  })

  it('says that nobody will answer when no node is left', async () => {
    const unready = text.replaceAll(
      'conditions: {ready: true, serving: true',
      'conditions: {ready: false, serving: false',
    )
    const silent = unready.replaceAll(/kind: (ServiceL2Status|Event)$/gm, 'kind: Ignored')
    expect(await lines(['10.77.0.240'], silent)).toEqual([
      '10.77.0.240  default/web  nobody (metallb has no candidate)',
    ])
  })

  it('cannot look without Services', async () => {
    const nodes = text.split('---').filter((document) => document.includes('kind: Node'))
    await expect(lines([], nodes.join('---'))).rejects.toThrow(CannotLook)
  })
})
