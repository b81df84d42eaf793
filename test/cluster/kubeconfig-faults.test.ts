import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect } from '../../src/cluster/kubernetes.js'
import { CannotLook } from '../../src/known.js'

const clusters = '[{name: c, cluster: {server: "https://127.0.0.1:1"}}]'
const contexts = (cluster: string) => `[{name: lab, context: {cluster: ${cluster}, user: u}}]`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'l2d-kubeconfig-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

it.each([
  ['an empty file', '', /: it is empty$/, /--kubeconfig/],
  ['broken YAML', 'clusters: [a', /: it is not YAML: /, /--kubeconfig/],
  ['no context', `apiVersion: v1\nclusters: ${clusters}\n`, /has no context/, /--kubeconfig/],
  [
    'no current context',
    `clusters: ${clusters}\ncontexts: ${contexts('c')}\n`,
    /no current context is set; there are lab/,
    /--context/,
  ],
  [
    'a current context that is not there',
    `clusters: ${clusters}\ncontexts: ${contexts('c')}\ncurrent-context: old\n`,
    /current context old does not exist; there are lab/,
    /--context/,
  ],
  [
    'a context without its cluster',
    `clusters: ${clusters}\ncontexts: ${contexts('other')}\ncurrent-context: lab\n`,
    /lab names the cluster other/,
    /kubectl config view/,
  ],
  ['a missing file', null, /: there is no such file$/, /--kubeconfig/],
])('%s is one sentence with the next step', async (name, text, reason, hint) => {
  const path = join(folder, name.replaceAll(' ', '-'))
  if (text !== null) writeFileSync(path, text)
  const failed = await connect({ kubeconfig: path, context: null, timeoutMs: 1000 }).catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(CannotLook)
  const { message, gap } = failed as CannotLook
  expect(message).toMatch(reason)
  expect(message).not.toMatch(/\n|ENOENT|undefined/)
  expect(message.split(path)).toHaveLength(2)
  expect(gap.hint).toMatch(hint)
})
