import { expect, it } from 'vitest'
import { refuseEventsWithoutApi } from '../../src/cli/compose-events.js'
import { UsageError } from '../../src/cli/exit-codes.js'

const NO_FLAGS = { 'kube-timeout': 10 }

it.each([
  ['addresses are named, and no cluster', { ...NO_FLAGS }, true],
  ['the cluster is a file', { ...NO_FLAGS, 'cluster-from': ['cluster.yaml'] }, false],
  ['no cluster is to be read', { ...NO_FLAGS, kube: false }, false],
])('--events is refused where %s', (_, flags, namesVips) => {
  expect(() => refuseEventsWithoutApi({ ...flags, events: true }, namesVips)).toThrow(UsageError)
  expect(() => refuseEventsWithoutApi(flags, namesVips)).not.toThrow()
})

it('--events is taken where the cluster is read from its API server', () => {
  expect(() => refuseEventsWithoutApi({ ...NO_FLAGS, kube: true, events: true }, true)).not.toThrow()
})
