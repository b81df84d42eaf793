import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import { type Page, type Serving, serve } from '../../src/metrics/server.js'

const HTML = { contentType: 'text/html', policy: "default-src 'none'; style-src 'x'" }
const pages = new Map<string, Page>([
  ['/metrics', { contentType: 'text/plain; version=0.0.4', body: async () => Buffer.from('x 1\n') }],
  ['/', { ...HTML, tag: () => '"7"', body: async () => Buffer.from('<p>ä</p>') }],
  ['/broken', { ...HTML, body: () => Promise.reject(new Error('no such file')) }],
])
const serving: Serving[] = []

afterEach(async () => {
  for (const one of serving.splice(0)) await one.close()
})

async function start(): Promise<number> {
  const one = await serve({ host: '127.0.0.1', port: 0 }, pages)
  serving.push(one)
  return one.port
}

/** What the server answers to these bytes, until it closes. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  socket.on('error', () => {}) // a reset is an end as well
  socket.write(bytes)
  await new Promise((resolve) => socket.on('close', resolve))
  return text
}

it('serves its pages to GET, with a query or without, and nothing else', async () => {
  const url = `http://127.0.0.1:${await start()}`
  const metrics = await fetch(`${url}/metrics?x=1`)
  expect([metrics.status, metrics.headers.get('content-type'), await metrics.text()]).toEqual([
    200,
    'text/plain; version=0.0.4',
    'x 1\n',
  ])
  expect(metrics.headers.get('x-content-type-options')).toBe('nosniff')
  expect((await fetch(`${url}/else`)).status).toBe(404)
  expect((await fetch(`${url}/../etc/passwd`)).status).toBe(404)
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    expect((await fetch(`${url}/metrics`, { method })).status, method).toBe(405)
})

it('answers HEAD as GET, without the body', async () => {
  const head = await fetch(`http://127.0.0.1:${await start()}/`, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '9', ''])
})

it('names the policy of a page, and none but that of nothing where it has none', async () => {
  const url = `http://127.0.0.1:${await start()}`
  const policyOf = async (path: string) => (await fetch(`${url}${path}`)).headers.get('content-security-policy')
  expect(await policyOf('/')).toBe(HTML.policy)
  for (const path of ['/metrics', '/else', '/broken']) expect(await policyOf(path), path).toBe("default-src 'none'")
})

it('sends a page once to those who say which one they have', async () => {
  const url = `http://127.0.0.1:${await start()}/`
  const same = await fetch(url, { headers: { 'If-None-Match': '"7"' } })
  expect([same.status, await same.text()]).toEqual([304, ''])
  expect((await fetch(url, { headers: { 'If-None-Match': '"6"' } })).status).toBe(200)
})

it('serves on after a page that cannot be made', async () => {
  const url = `http://127.0.0.1:${await start()}`
  const broken = await fetch(`${url}/broken`)
  expect([broken.status, await broken.text()]).toEqual([500, 'this page cannot be made: no such file\n'])
  expect((await fetch(`${url}/metrics`)).status).toBe(200)
})

it('refuses long headers', async () => {
  const answer = await raw(await start(), `GET /metrics HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`)
  expect(answer).toMatch(/^HTTP\/1\.1 431 /)
})

it('ends a request that does not end', async () => {
  expect(await raw(await start(), 'GET /metrics HTTP/1.1\r\nHost:')).toMatch(/^HTTP\/1\.1 408 /)
}, 20_000)

it('takes no more than 64 connections at once, and serves on once there is room', async () => {
  const port = await start()
  const idle = Array.from({ length: 64 }, () => connect(port, '127.0.0.1'))
  await Promise.all(idle.map((socket) => once(socket, 'connect')))
  expect(await raw(port, 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('')
  for (const socket of idle) socket.destroy()
  await Promise.all(idle.map((socket) => once(socket, 'close')))
  for (let tries = 0; ; tries++) {
    const answer = await raw(port, 'GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    if (answer !== '' || tries > 50) return expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  }
})

it('ends an answer that nobody reads, and serves on', async () => {
  const large = new Map<string, Page>([
    ...pages,
    ['/large', { contentType: 'text/plain', body: async () => Buffer.alloc(8 * 1024 * 1024, 'x') }],
  ])
  const one = await serve({ host: '127.0.0.1', port: 0 }, large, 500)
  serving.push(one)
  const deaf = Array.from({ length: 64 }, () => connect(one.port, '127.0.0.1').on('error', () => {}))
  await Promise.all(deaf.map((socket) => once(socket, 'connect')))
  for (const socket of deaf) socket.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n')
  await vi.waitFor(
    async () =>
      expect(await raw(one.port, 'GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).not.toBe(''),
    { timeout: 20_000, interval: 100 },
  )
  for (const socket of deaf) socket.destroy()
}, 30_000)

it('makes one answer at a time for each connection: who sends requests before it is there is cut off', async () => {
  let made = 0
  const slow = new Map<string, Page>([
    [
      '/slow',
      {
        contentType: 'text/plain',
        body: async () => {
          made += 1
          await new Promise(setImmediate)
          return Buffer.from('x')
        },
      },
    ],
  ])
  const one = await serve({ host: '127.0.0.1', port: 0 }, slow)
  serving.push(one)
  const ask = 'GET /slow HTTP/1.1\r\nHost: x\r\n'
  await raw(one.port, `${ask}\r\n`.repeat(1000))
  expect(made).toBe(1)

  const socket = connect(one.port, '127.0.0.1')
  for (let turn = 1; turn < 4; turn++) {
    socket.write(`${ask}\r\n`)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /)
  }
  socket.destroy()
  expect(made).toBe(4)
})

it('says why where it cannot listen', async () => {
  const port = await start()
  await expect(serve({ host: '127.0.0.1', port }, pages)).rejects.toThrow('EADDRINUSE')
})
