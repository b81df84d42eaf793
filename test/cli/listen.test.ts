import { expect, it } from 'vitest'
import { parseListen } from '../../src/cli/compose-metrics.js'

it.each([
  ['127.0.0.1:9797', { host: '127.0.0.1', port: 9797 }],
  ['[::1]:0', { host: '::1', port: 0 }],
  [':9797', { host: '::', port: 9797 }],
  ['node-a.example:80', { host: 'node-a.example', port: 80 }],
])('--listen %s', (text, place) => {
  expect(parseListen(text)).toEqual(place)
})

it.each(['9797', '127.0.0.1', '::1:9797', '127.0.0.1:65536', '[::1]', 'a:b'])('--listen %s is none', (text) => {
  expect(() => parseListen(text)).toThrow(/--listen .*: write it as 127\.0\.0\.1:9797/)
})
