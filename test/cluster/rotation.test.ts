import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, it, onTestFinished, vi } from 'vitest'
import { followServices } from '../../src/cluster/follow-services.js'
import { connect } from '../../src/cluster/kubernetes.js'
import { SegmentLease, type Standing } from '../../src/cluster/segment-lease.js'
import { ApiFixture, objectsOf, THREE_NODES } from './api-fixture.js'
import { type Certificates, makeCertificates } from './certificates.js'
import { writeKubeconfig } from './kubeconfig.js'
import { Leases } from './stand-in/leases.js'
import { ServiceWatches } from './stand-in/service-watches.js'

const until = (is: () => boolean) => vi.waitFor(() => expect(is()).toBe(true), { timeout: 20_000, interval: 10 })

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'l2d-rotation-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

/** A kubeconfig that names files, and what writes these again. */
function configIn(server: string, user: (file: (name: string) => string) => Readonly<Record<string, string>>) {
  const at = folder()
  const file = (name: string) => join(at, name)
  const names = {
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': file('ca.crt') } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'me' } }],
    users: [{ name: 'me', user: user(file) }],
  }
  writeFileSync(file('config'), JSON.stringify({ ...names, 'current-context': 'test' }))
  const write = ({ ca, client }: Certificates, token: string) => {
    writeFileSync(file('ca.crt'), ca)
    writeFileSync(file('client.crt'), client.cert)
    writeFileSync(file('client.key'), client.key)
    writeFileSync(file('token'), `${token}\n`)
  }
  return { path: file('config'), write }
}

/** A watch of Services and a Lease that is held, by one kubeconfig. */
function working(path: string) {
  const [over, told, changed] = [new AbortController(), [] as Standing[], vi.fn()]
  const quick = (_: number, signal: AbortSignal) => sleep(10, undefined, { signal }).catch(() => {})
  const open = () => connect({ kubeconfig: path, context: null, timeoutMs: 5000 })
  const lease = new SegmentLease({
    connect: open,
    namespace: 'l2doctor',
    name: 'l2doctor-watch-x',
    identity: 'us',
    durationS: 15,
    everyMs: 10,
    clock: { now: () => performance.now(), sleep: quick },
    told: (standing) => void told.push(standing),
  })
  const ended = Promise.all([
    followServices({ connect: open, changed, sleep: quick }, over.signal),
    lease.run(over.signal),
  ])
  onTestFinished(async () => {
    over.abort()
    await ended
  })
  return { told }
}

async function server() {
  const [watches, leases, first] = [new ServiceWatches(), new Leases(), makeCertificates()]
  const api = new ApiFixture(undefined, first, (...asked) => [watches, leases].some((one) => one.beside(...asked)))
  await api.start(objectsOf(THREE_NODES))
  onTestFinished(() => api.stop())
  return { api, watches, leases, first }
}

it.each([
  [
    'a client certificate',
    (file: (name: string) => string) => ({
      'client-certificate': file('client.crt'),
      'client-key': file('client.key'),
    }),
  ],
  ['a token in a file', (file: (name: string) => string) => ({ tokenFile: file('token') })],
])(
  'all that were rotated, also the CA, are taken as they are now by what runs with %s',
  async (_, user) => {
    const { api, watches, leases, first } = await server()
    const { path, write } = configIn(api.url, user)
    write(first, 'secret-token')
    const { told } = working(path)
    await until(() => told.length > 0 && watches.count === 1)

    const second = makeCertificates()
    api.server.rotate(second, { 'next-token': 'admin' })
    await until(() => watches.count === 0)
    const stuck = leases.version('l2doctor-watch-x')
    await sleep(200)
    expect([leases.version('l2doctor-watch-x'), watches.count]).toEqual([stuck, 0])

    write(second, 'next-token')
    await until(() => watches.count === 1 && leases.version('l2doctor-watch-x') !== stuck)
    expect(told).toEqual([{ is: 'holder' }])
  },
  60_000,
)

it('a credential plugin that does not end is ended, with what it started, and asked again by who connects again', async () => {
  const { api, first } = await server()
  const [plugin, started] = ['plugin', 'started'].map((name) => join(folder(), name)) as [string, string]
  const write = (...lines: readonly string[]) =>
    writeFileSync(plugin, ['#!/bin/sh', ...lines].join('\n'), { mode: 0o755 })
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' }
  const kubeconfig = writeKubeconfig(api.url, first.ca, { me: { exec } })
  onTestFinished(() => kubeconfig.remove())
  const run = new AbortController()
  const within = (ms: number) =>
    connect({ kubeconfig: kubeconfig.path, context: null, timeoutMs: 5000, plugin: { ms, signal: run.signal } })

  const late = `the credential plugin ${plugin} failed: it did not end within 0.2 s`
  write('sleep 1000 &', `echo $! >${started}`, 'wait')
  await expect(within(200)).rejects.toThrow(late)
  await until(() => spawnSync('kill', ['-0', readFileSync(started, 'utf8').trim()]).status !== 0)
  write('setsid sleep 3 &')
  await expect(within(200)).rejects.toThrow(late)

  const credential = { apiVersion: exec.apiVersion, kind: 'ExecCredential', status: { token: 'secret-token' } }
  write(`echo '${JSON.stringify(credential)}'`)
  const one = await within(60_000)
  expect(await one.get('/api/v1/services?limit=1', new AbortController().signal, () => {})).toBe(200)
  one.close()

  write('sleep 1000')
  const interrupted = expect(within(2 ** 31 - 1)).rejects.toThrow('interrupted')
  setTimeout(() => run.abort(), 50)
  await interrupted
  await expect(within(2 ** 31 - 1)).rejects.toThrow('interrupted')
})

it('a kubeconfig that comes through a pipe is known to who connects again', async () => {
  const { api, first } = await server()
  const kubeconfig = writeKubeconfig(api.url, first.ca, { me: { token: 'secret-token' } })
  onTestFinished(() => kubeconfig.remove())
  const fifo = join(folder(), 'config')
  expect(spawnSync('mkfifo', [fifo]).status).toBe(0)
  const written = promisify(execFile)('dd', [`if=${kubeconfig.path}`, `of=${fifo}`])
  for (let turn = 0; turn < 3; turn++) {
    const one = await connect({ kubeconfig: fifo, context: null, timeoutMs: 5000 })
    expect(await one.get('/api/v1/services?limit=1', new AbortController().signal, () => {})).toBe(200)
    one.close()
  }
  await written
})
