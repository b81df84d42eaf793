#!/usr/bin/env node
// Compiles src/observe/core (AssemblyScript) to WebAssembly, and writes it as text into src/observe/core/code.ts, from where
// the compiler, the bundle and the tests have it like any other module.
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const code = join(root, 'src/observe/core/code.ts')
const OPTIONS = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--importMemory',
  '--sharedMemory',
  '--enable',
  'threads',
  '--enable',
  'simd',
  '--initialMemory',
  '1',
  '--maximumMemory',
  '65536',
  '--use',
  'abort=',
  '--disableWarning',
  '201',
]

if (!isFresh()) await compile()

function isFresh() {
  const folders = ['src/observe/core', 'src/observe/columns']
  const sources = folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
  const written = statSync(code, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return [...sources, join(root, 'package-lock.json'), join(root, 'bin/core.mjs')]
    .filter((file) => file !== code)
    .every((file) => statSync(file).mtimeMs <= written)
}

async function compile() {
  const { default: asc } = await import('assemblyscript/asc')
  let binary = null
  const { error, stderr } = await asc.main(
    ['src/observe/core/index.ts', '--baseDir', root, '--outFile', 'core.wasm', ...OPTIONS],
    {
      writeFile: (_, contents) => {
        binary = contents
      },
    },
  )
  if (error || binary === null) throw new Error(`src/observe/core does not compile:\n${stderr}`, { cause: error })
  writeFileSync(
    code,
    `/** Made by bin/core.mjs. */\nexport const CODE =\n  '${Buffer.from(binary).toString('base64')}'\n`,
  )
}
