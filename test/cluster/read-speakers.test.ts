import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { getPieces } from '../../src/cluster/get-pieces.js'
import { readSpeakers, type SpeakerPod } from '../../src/cluster/read-speakers.js'

const NEVER = new AbortController().signal
const PLAIN = { scheme: 'http', port: 7472 } as const
const SECURE = { scheme: 'https', port: 9120 } as const
const METRICS = 'metallb_k8s_client_config_stale_bool 0\n'
const STATUS = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', code: 403 }

let server: Server | null = null
afterEach(() => void server?.close())

/** A stand-in for an API server that hands requests on to pods: what it says to each path. */
async function standIn(answers: Readonly<Record<string, readonly [status: number, body: string]>>) {
  const asked: string[] = []
  server = createServer(({ url = '' }, response) => {
    asked.push(url)
    const [status, body] = answers[url] ?? [503, 'error trying to reach service: dial tcp: connection refused']
    response.writeHead(status).end(body)
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const connection = {
    server: url,
    get: (...[path, signal, take]: [string, AbortSignal, (piece: Buffer) => void]) =>
      getPieces(`${url}${path}`, {}, 2000, signal, take),
    close: () => {},
  }
  return { asked, connection }
}

function pod(name: string, ports: SpeakerPod['ports'] = [PLAIN, SECURE]): SpeakerPod {
  return { namespace: 'metallb-system', name, node: `node-of-${name}`, ports }
}

const at = (name: string) => `/api/v1/namespaces/metallb-system/pods/${name}/proxy/metrics`

describe('the metrics of speakers, through a stand-in for the API server', () => {
  it('are asked for at the plain port of 0.15 and at the secure one of 0.16', async () => {
    const { asked, connection } = await standIn({
      [at('a:7472')]: [200, METRICS],
      [at('https:b:9120')]: [200, METRICS],
    })
    const { states, gaps } = await readSpeakers(connection, [pod('a'), pod('b', [SECURE, PLAIN])], NEVER)
    expect([states.map(({ node }) => node), gaps]).toEqual([['node-of-a', 'node-of-b'], []])
    expect(asked.sort()).toEqual([at('a:7472'), at('https:b:9120')])
  })

  it('are asked for at the other port where the first one is closed', async () => {
    const { connection } = await standIn({ [at('https:a:9120')]: [200, METRICS] })
    expect((await readSpeakers(connection, [pod('a')], NEVER)).states).toHaveLength(1)
  })

  it('need a right, without which each is asked for once, and there is one gap', async () => {
    const refused = [403, JSON.stringify(STATUS)] as const
    const { asked, connection } = await standIn({ [at('a:7472')]: refused, [at('b:7472')]: refused })
    const { states, gaps } = await readSpeakers(connection, [pod('a'), pod('b')], NEVER)
    expect([states, asked.length]).toEqual([[], 2])
    expect(gaps).toEqual([
      {
        subject: 'metrics of MetalLB speakers',
        reason: 'the API server refuses the verb get on pods/proxy (403), for 2 of 2',
        hint: expect.stringContaining('deploy/rbac-metrics.yaml'),
      },
    ])
  })

  it.each([401, 403])('may be kept by what stands before them (%i)', async (status) => {
    const { connection } = await standIn({ [at('https:a:9120')]: [status, 'Unauthorized\n'] })
    const { gaps } = await readSpeakers(connection, [pod('a')], NEVER)
    expect(gaps[0]?.reason).toBe(
      `port 9120 refuses a caller whom the API server hands on without its token (${status}), for 1 of 1`,
    )
  })

  it('are none where something else answers, and the others stand', async () => {
    const html = [200, '<html>'] as const
    const { connection } = await standIn({
      [at('a:7472')]: html,
      [at('https:a:9120')]: html,
      [at('b:7472')]: [200, METRICS],
    })
    const { states, gaps } = await readSpeakers(connection, [pod('a'), pod('b')], NEVER)
    expect(states.map(({ node }) => node)).toEqual(['node-of-b'])
    expect(gaps[0]?.reason).toBe('port 9120 gives no metrics of MetalLB, for 1 of 2')
  })

  it('are none where they are too large to be read whole: an address may be in the rest', async () => {
    const { connection } = await standIn({ [at('a:7472')]: [200, METRICS + '#'.repeat(4 * 1024 * 1024)] })
    const { states, gaps } = await readSpeakers(connection, [pod('a')], NEVER)
    expect([states, gaps.map(({ reason }) => reason)]).toEqual([[], ['they are larger than 4 MiB, for 1 of 1']])
  })

  it('are left when the run is interrupted', async () => {
    const { connection } = await standIn({})
    const { states, gaps } = await readSpeakers(connection, [pod('a')], AbortSignal.abort())
    expect([states, gaps.map(({ reason }) => reason)]).toEqual([
      [],
      ['there was no time left to read them, for 1 of 1'],
    ])
  })
})
