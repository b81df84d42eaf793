import { expect, it } from 'vitest'
import { whyNoNode } from '../bin/nodes.mjs'

it.each([
  ['a registry that is not there', 'http://127.0.0.1:9/', 'ECONNREFUSED'],
  ['a name that nobody knows', 'http://registry.invalid/', /^(ENOTFOUND|EAI_AGAIN)$/],
])('of %s a test of another Node has a reason to be left out', (_, registry, code) => {
  // no architecture of this name is ever here
  const why = whyNoNode(24, { arch: 'none' as 'x64', env: { ...process.env, npm_config_registry: registry } })
  expect(why).toMatch(code)
})
