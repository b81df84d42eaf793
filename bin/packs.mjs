// Puts the chunks of the bundle that the same runs load into one file, a pack: to find and read a file, and to have V8 take the code
// that is kept of it, costs as much as 20 kB of code. A chunk of a pack is still run only when it is asked for.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PARAMETERS } from './load.js'

/** `loadedBy`: for each run the files that it loaded, by their paths in the bundle. */
export function packChunks(bundle, loadedBy) {
  mkdirSync(join(bundle, 'packs'))
  const packOf = {}
  for (const [at, chunks] of together(loadedBy).entries()) {
    const pack = `packs/${at + 1}.cjs`
    const functions = chunks.map((chunk) => `${JSON.stringify(chunk)}: ${asFunction(join(bundle, chunk))}`)
    writeFileSync(join(bundle, pack), `({\n${functions.join(',\n')}\n})`)
    for (const chunk of chunks) {
      packOf[chunk] = pack
      rmSync(join(bundle, chunk))
    }
  }
  writeFileSync(join(bundle, 'packs.json'), JSON.stringify(packOf))
}

/** The chunks that are loaded by exactly the same runs, in the order of the runs that load them. */
function together(loadedBy) {
  const chunks = new Set(loadedBy.flat().filter((file) => file.startsWith('chunks/')))
  const groups = new Map()
  for (const chunk of chunks) {
    const runs = loadedBy.map((files) => Number(files.includes(chunk))).join('')
    groups.set(runs, [...(groups.get(runs) ?? []), chunk])
  }
  return [...groups.values()].filter((group) => group.length > 1)
}

/** In parentheses: V8 then compiles it at once, and does not go over it twice, where it has no code of it. */
function asFunction(file) {
  return `(function ${PARAMETERS} {${readFileSync(file, 'utf8')}\n})`
}
