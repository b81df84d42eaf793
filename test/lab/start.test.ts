import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { execute } from '../collect.js'
import { CLI } from './scan-scenario.js'

/** Loads every file of the bundle and prints those whose kept code V8 did not take, or which has none. */
const REJECTED = `
  const { bundle, load, scripts } = await import('./bin/load.js')
  for (const file of process.argv.slice(1)) load(file)
  const rejected = [...scripts].filter(([, script]) => script.cachedDataRejected !== false)
  console.log(JSON.stringify({ loaded: scripts.size, rejected: rejected.map(([path]) => path.slice(bundle.length)) }))`

/** The pack of each chunk that is in one. */
const packOf: Record<string, string> = JSON.parse(readFileSync('dist/bundle/packs.json', 'utf8'))
const packs = [...new Set(Object.values(packOf))]

function filesIn(folder: string): string[] {
  return readdirSync(`dist/bundle/${folder}`)
    .filter((name) => name.endsWith('.cjs') && !name.endsWith('-thread.cjs'))
    .map((name) => folder + name)
}

const alone = ['', 'commands/', 'chunks/'].flatMap(filesIn)
const files = [...alone, ...Object.keys(packOf)]

describe('the code that is kept beside the bundle', () => {
  it('is taken for every file', async () => {
    const { stdout, stderr } = await execute([process.execPath, '--input-type=module', '-e', REJECTED, ...files])
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ loaded: alone.length + packs.length, rejected: [] })
    expect(files.length).toBeGreaterThan(100)
  })

  it('is not needed: a V8 with other flags compiles anew', async () => {
    const [node, ...cli] = CLI
    const { stdout } = await execute([node, '--no-flush-bytecode', '--input-type=module', '-e', REJECTED, ...files])
    expect(JSON.parse(stdout).rejected.length).toBe(alone.length + packs.length)
    const flagged = await execute([node, '--no-flush-bytecode', ...cli, 'rules', '--json'])
    expect(flagged).toEqual(await execute([node, ...cli, 'rules', '--json']))
    expect(flagged.code).toBe(0)
  })
})

it('has no character in the bundle for which V8 would keep two bytes of each', () => {
  const wide = [...alone, ...packs].filter((file) =>
    /[\u0100-\uffff]/.test(readFileSync(`dist/bundle/${file}`, 'utf8')),
  )
  expect(wide).toEqual([])
})

describe('a pack', () => {
  it('has each of its chunks in it, and nowhere else', () => {
    expect(packs.sort()).toEqual(filesIn('packs/').sort())
    expect(Object.keys(packOf).filter((chunk) => filesIn('chunks/').includes(chunk))).toEqual([])
  })
})
