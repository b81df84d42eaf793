/** `npm run docs`: writes docs/rules and docs/report.schema.json anew, and takes away pages of rules that are gone. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { docsPages } from './pages.js'

const pages = docsPages()
rmSync('docs/rules', { recursive: true, force: true })
for (const [path, text] of pages) {
  const file = join('docs', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
