import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { prometheusRule, rulesFile } from './alerts.js'
import { docsPages } from './pages.js'
import { daemonSetRbacManifest, rbacManifest, watchRbacManifest } from './rbac.js'

const pages = docsPages()

it.each([...pages])('docs/%s is what `npm run docs` writes', (path, text) => {
  const file = join('docs', path)
  expect(existsSync(file) ? readFileSync(file, 'utf8') : null).toBe(text)
})

it('has no page of a rule that is gone', () => {
  const files = readdirSync('docs/rules', { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((entry) => join(entry.parentPath, entry.name).replace(/^docs\//, ''))
  expect(paths.filter((path) => !pages.has(path))).toEqual([])
})

it('deploy/rbac-watch.yaml is what `npm run docs` writes', () => {
  expect(readFileSync('deploy/rbac-watch.yaml', 'utf8')).toBe(watchRbacManifest())
})

it('deploy/rbac.yaml is what `npm run docs` writes: a permission for each kind that is listed, and no other', () => {
  expect(readFileSync('deploy/rbac.yaml', 'utf8')).toBe(rbacManifest())
})

it.each([
  ['base/rbac.yaml', daemonSetRbacManifest()],
  ['rules.yaml', rulesFile()],
  ['prometheus-operator/prometheusrule.yaml', prometheusRule()],
])('deploy/watch/%s is what `npm run docs` writes', (path, text) => {
  expect(readFileSync(`deploy/watch/${path}`, 'utf8')).toBe(text)
})
