import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The path of a file of this package, wherever its code runs from: the sources, the compiler's output or the bundle. */
export function packageFile(name: string): string {
  let root = new URL('.', import.meta.url)
  while (!existsSync(new URL('package.json', root))) {
    if (root.pathname === '/') throw new Error(`no package.json above ${import.meta.url}: install l2doctor again`)
    root = new URL('..', root)
  }
  return fileURLToPath(new URL(name, root))
}
