import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { collect } from '../collect.js'
import { CLI } from '../lab/scan-scenario.js'

/** A supervisor may stop a watch at once: that is no failure, however far its start has come. */

const folder = mkdtempSync(join(tmpdir(), 'l2doctor-watch-ends-'))
afterAll(() => rmSync(folder, { recursive: true }))

function start(argv: readonly string[], preload: readonly string[] = []) {
  const child = spawn(CLI[0], [...preload, CLI[1], 'watch', '--listen', 'off', ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, ended: collect(child) }
}

/** The signal comes as soon as the program hears it, before it has looked at its command. */
const atOnce = (signal: string) => {
  const script = `const on = process.on
    process.on = function (event, hear) {
      const done = on.call(this, event, hear)
      if (event === '${signal}') { process.on = on; process.kill(process.pid, '${signal}') }
      return done
    }`
  return ['--import', `data:text/javascript,${encodeURIComponent(script)}`]
}

it.each(['SIGTERM', 'SIGINT'])('%s in its first moments: exit 0', async (signal) => {
  expect(await start(['--vip', '10.0.0.240'], atOnce(signal)).ended).toMatchObject({ code: 0, stdout: '' })
})

it('SIGHUP in its first moments ends nothing: it goes on to read its files', async () => {
  const run = await start(['--check', join(folder, 'none.yaml')], atOnce('SIGHUP')).ended
  expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('none.yaml') })
})

it('SIGTERM while its check file is a pipe that nobody writes to: exit 0', async () => {
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const { child, ended } = start(['--check', pipe])
  const isOpen = () =>
    readdirSync(`/proc/${child.pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${child.pid}/fd/${fd}`) === pipe
      } catch {
        return false // it was closed meanwhile
      }
    })
  await expect.poll(isOpen, { timeout: 20_000, interval: 20 }).toBe(true)
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0, stdout: '' })
})

it('SIGTERM while a cluster does not answer: exit 0, and no word that it could not be read', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const cluster = { name: 'c', cluster: { server: `https://127.0.0.1:${port}` } }
  const context = { name: 'c', context: { cluster: 'c', user: 'me' } }
  const config = { users: [{ name: 'me', user: {} }], clusters: [cluster], contexts: [context], 'current-context': 'c' }
  writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(config))
  const { child, ended } = start(['--kubeconfig', join(folder, 'kubeconfig')])
  await once(server, 'connection')
  child.kill('SIGTERM')
  expect(await ended).toEqual({ code: 0, stdout: '', stderr: '' })
})
