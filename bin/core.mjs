#!/usr/bin/env node
// Compiles src/observe/core (AssemblyScript) to WebAssembly, and writes it as text into src/observe/core/code.ts, from where
// the compiler and the bundle have it like any other module; and with its assertions into checked-code.ts, for the tests.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const OPTIONS = [
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
/** What it shares with the decoder. */
const FORMATS = ['src/wire/ether-type.ts', 'src/wire/pcap-record.ts']
/** The modules that are made, and the options that each one has of its own. */
export const MODULES = { 'code.ts': ['-O3', '--noAssert'], 'checked-code.ts': ['-O3'] }

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const core = join(root, 'src/observe/core')
  const made = Object.keys(MODULES).map((name) => join(core, name))
  for (const [name, options] of Object.entries(MODULES))
    if (!isFresh(join(core, name), made)) writeFileSync(join(core, name), await compile(root, options))
}

function isFresh(file, made) {
  const folders = ['src/observe/core', 'src/observe/columns']
  const own = folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
  const sources = [...own, ...FORMATS.map((name) => join(root, name))]
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return [...sources, join(root, 'package-lock.json'), join(root, 'bin/core.mjs')]
    .filter((source) => !made.includes(source))
    .every((source) => statSync(source).mtimeMs <= written)
}

/** The core of a checkout, as the source of a module. */
export async function compile(folder, options) {
  const { default: asc } = await import('assemblyscript/asc')
  let binary = null
  const { error, stderr } = await asc.main(
    ['src/observe/core/index.ts', '--baseDir', folder, '--outFile', 'core.wasm', ...OPTIONS, ...options],
    {
      readFile: readSource,
      writeFile: (_, contents) => {
        binary = contents
      },
    },
  )
  if (error || binary === null) throw new Error(`src/observe/core does not compile:\n${stderr}`, { cause: error })
  return `/** Made by bin/core.mjs. */\nexport const CODE =\n  '${Buffer.from(binary).toString('base64')}'\n`
}

/** Columns are imported by names that end in `.js`, as everywhere else; AssemblyScript adds its own ending. */
function readSource(name, folder) {
  try {
    return readFileSync(join(folder, name.replace(/\.js\.ts$/, '.ts')), 'utf8')
  } catch {
    return null
  }
}
