// Loads the bundle (bin/bundle.mjs) as Node loads CommonJS, and with each file the code that V8 made of it at the time of the build
// (bin/precompile.mjs): half of a start is compiling. With another version of V8, or other flags, it is compiled anew. CommonJS
// itself, as is bin/run.js: Node would take another 10 ms to set up its loader of ES modules.
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

/** What a file of the bundle exports. */
function load(file) {
  const path = resolve(bundle, file)
  const known = modules.get(path)
  if (known !== undefined) return known.exports
  const module = { exports: {} }
  modules.set(path, module)
  compile(path)(module.exports, requireFrom(path), module, path, dirname(path), importModule)
  return module.exports
}

function compile(path) {
  const source = readFileSync(path, 'utf8')
  const code = `(function (exports, require, module, __filename, __dirname, importModule) {${source}\n})`
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

function requireFrom(path) {
  const plain = createRequire(path)
  const require = (name) => {
    const file = name.startsWith('.') || isAbsolute(name) ? resolve(dirname(path), name) : ''
    return file.startsWith(bundle) && file.endsWith('.cjs') ? load(file) : plain(name)
  }
  return Object.assign(require, plain)
}

module.exports = { bundle, compiledFile, load, scripts }
