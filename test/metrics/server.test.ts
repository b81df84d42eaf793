import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { type Serving, serve } from '../../src/metrics/server.js'

const pages = new Map([['/metrics', { contentType: 'text/plain; version=0.0.4', text: async () => 'x 1\n' }]])
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
  expect((await fetch(`${url}/`)).status).toBe(404)
  expect((await fetch(`${url}/../etc/passwd`)).status).toBe(404)
  for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])
    expect((await fetch(`${url}/metrics`, { method })).status, method).toBe(405)
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

it('says why where it cannot listen', async () => {
  const port = await start()
  await expect(serve({ host: '127.0.0.1', port }, pages)).rejects.toThrow('EADDRINUSE')
})
