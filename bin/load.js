// Loads the bundle (bin/bundle.mjs) as Node loads CommonJS, and with each file the code that V8 made of it at the time of the build
// (bin/precompile.mjs): half of a start is compiling. With another version of V8, or other flags, it is compiled anew. Chunks that the
// same commands need lie in one file, a pack (bin/packs.mjs). CommonJS itself, as is bin/run.js: Node would take another 10 ms to set
// up its loader of ES modules.
const { readFileSync, statSync } = require('node:fs')
const { createRequire } = require('node:module')
const { dirname, isAbsolute, join, resolve } = require('node:path')
const { Script } = require('node:vm')

const bundle = join(__dirname, '../dist/bundle/')

/** What V8 compiled of each file that was loaded. */
const scripts = new Map()

const modules = new Map()
/** Code from a cache cannot import by itself: bin/bundle.mjs lets it call this. */
const importModule = (specifier) => import(specifier)

/** The parameters of the function around a file, as Node has them, and ours. */
const PARAMETERS = '(exports, require, module, __filename, __dirname, importModule)'

/** The pack of each chunk that is in one: both by their paths in the bundle. */
const packOf = readPacks()
/** The functions around the chunks of each pack that was opened. */
const packs = new Map()
/** One for each folder: with hundreds of calls it counts what a path costs. */
const requires = new Map()

/** What a file of the bundle exports. */
function load(file) {
  return moduleAt(resolve(bundle, file)).exports
}

function moduleAt(path) {
  const known = modules.get(path)
  if (known !== undefined) return known
  const module = { exports: {} }
  modules.set(path, module)
  const run = functionOf(path)
  run(module.exports, requireIn(dirname(path)), module, path, dirname(path), importModule)
  return module
}

/** The function around a file: alone, or of the pack that it is in. */
function functionOf(path) {
  const chunk = path.slice(bundle.length)
  const pack = packOf[chunk]
  if (pack === undefined) return compile(path, `(function ${PARAMETERS} {${readFileSync(path, 'utf8')}\n})`)
  if (!packs.has(pack)) packs.set(pack, compile(join(bundle, pack), readFileSync(join(bundle, pack), 'utf8')))
  return packs.get(pack)[chunk]
}

function compile(path, code) {
  const script = new Script(code, { filename: path, cachedData: compiled(path) })
  scripts.set(path, script)
  return script.runInThisContext()
}

function compiled(path) {
  const file = compiledFile(path)
  return statSync(file, { throwIfNoEntry: false }) && readFileSync(file)
}

/** Where the code is that this version of V8 made of a file. */
function compiledFile(path) {
  return `${path}.v8-${process.versions.v8}`
}

function readPacks() {
  const file = join(bundle, 'packs.json')
  return statSync(file, { throwIfNoEntry: false }) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

function requireIn(folder) {
  if (!requires.has(folder)) requires.set(folder, requireFrom(folder))
  return requires.get(folder)
}

function requireFrom(folder) {
  const plain = createRequire(join(folder, 'any.cjs'))
  const known = new Map()
  const require = (name) => {
    const module = known.get(name) ?? ours(folder, name)
    if (module === null) return plain(name)
    known.set(name, module)
    return module.exports
  }
  return Object.assign(require, plain)
}

/** A module of the bundle; null: it is Node's, or a package's. */
function ours(folder, name) {
  const path = name.startsWith('.') || isAbsolute(name) ? resolve(folder, name) : ''
  return path.startsWith(bundle) && path.endsWith('.cjs') ? moduleAt(path) : null
}

module.exports = { bundle, compiledFile, load, PARAMETERS, scripts }
