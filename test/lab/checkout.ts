import { cpSync, mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** What runs of l2doctor, copied to a folder of its own. */
export function copyCheckout(folder: string, { cap = true } = {}): string {
  const addon = cap
    ? ['node_modules/cap/lib', 'node_modules/cap/package.json', 'node_modules/cap/build/Release/cap.node']
    : []
  const parts = [
    'bin',
    'dist/bundle',
    'package.json',
    'oclif.manifest.json',
    'node_modules/oui-data',
    'fixtures/demo',
    ...addon,
  ]
  for (const part of parts) {
    mkdirSync(dirname(join(folder, part)), { recursive: true })
    cpSync(resolve(part), join(folder, part), { recursive: true })
  }
  return join(folder, 'bin/run.js')
}
