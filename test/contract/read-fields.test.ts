import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { KINDS } from '../../src/cluster/kinds.js'

/**
 * What is collected is read: each kind fetched, each section of a host and each member of the two models is used by code that
 * predicts, judges or reports. Reading, saving and redacting do not count.
 */
const MODELS = /\/src\/(cluster\/(model(-\w+)?|announcers\/[\w-]+\/objects)|node\/model(-\w+)?)\.ts$/
const READERS =
  /\/src\/(facts|answering|rules|diagnosis|report|check|probe|workflows|cli)\/|\/src\/cluster\/(announcers|network|patterns)\/|\/src\/cluster\/[\w-]+\.ts$|\/src\/node\/(effective|lookups|routing|same-machine)\.ts$/
const CARRIERS =
  /\/(normalise|redact|objects|events|index|kinds|reads|model[\w-]*)\.ts$|\/cluster\/(read|manifests|kubernetes)[\w-]*\.ts$/

const config = ts.getParsedCommandLineOfConfigFile(
  'tsconfig.json',
  {},
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (problem) => {
      throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, ' '))
    },
  },
)!
const program = ts.createProgram(
  config.fileNames.filter((file) => !file.includes('/test/')),
  config.options,
)
const checker = program.getTypeChecker()
const sources = program.getSourceFiles().filter((file) => !file.fileName.includes('/node_modules/'))

/** Members of the models by where each is declared. */
function members(): Map<ts.Node, string> {
  const found = new Map<ts.Node, string>()
  for (const file of sources.filter(({ fileName }) => MODELS.test(fileName))) {
    const visit = (node: ts.Node, owner: string): void => {
      const name = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) ? node.name.text : owner
      if (ts.isPropertySignature(node)) found.set(node, `${name}.${node.name.getText()}`)
      ts.forEachChild(node, (child) => visit(child, name))
    }
    visit(file, '')
  }
  return found
}

/** Sections and kinds are members of mapped types, and are asked for by their names as well: `read(host, 'fdb')`. */
const NAMED = new Map<string, ts.Node[]>()

/** Where the members are declared that a file reads: by access, by destructuring, by a key of their type. */
function readIn(file: ts.SourceFile): ts.Node[] {
  const read: ts.Node[] = []
  const note = (symbol: ts.Symbol | undefined) => read.push(...(symbol?.declarations ?? []))
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) {
      note(checker.getSymbolAtLocation(node.name))
      read.push(...(NAMED.get(node.name.text) ?? []))
    }
    if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
      const name = node.propertyName ?? node.name
      if (ts.isIdentifier(name) || ts.isStringLiteral(name)) {
        note(checker.getTypeAtLocation(node.parent).getProperty(name.text))
        read.push(...(NAMED.get(name.text) ?? []))
      }
    }
    if (ts.isElementAccessExpression(node)) {
      const key = checker.getTypeAtLocation(node.argumentExpression)
      const keys = key.isUnion() ? key.types : [key]
      // what goes over all members reads none of them
      for (const one of keys.length > 6 ? [] : keys)
        if (one.isStringLiteral()) note(checker.getTypeAtLocation(node.expression).getProperty(one.value))
    }
    if (ts.isStringLiteral(node)) read.push(...(NAMED.get(node.text) ?? []))
    ts.forEachChild(node, visit)
  }
  visit(file)
  return read
}

describe('what is collected', () => {
  const all = members()
  for (const [node, name] of all) {
    const [owner, member] = name.split('.')
    if (owner === 'Sections' || owner === 'ClusterSnapshot') NAMED.set(member!, [node])
  }
  const readers = sources.filter(({ fileName }) => READERS.test(fileName) && !CARRIERS.test(fileName))
  const read = new Set(readers.flatMap(readIn))

  it('is read: each member of the model of a cluster and of a host', () => {
    expect(all.size).toBeGreaterThan(250)
    const unread = [...all].filter(([node]) => !read.has(node)).map(([, name]) => name)
    // what makes `ItemOf` from a kind is no member of an object
    expect(unread.filter((name) => !name.startsWith('ItemOf.'))).toEqual([])
  })

  it('is a member of the model: each kind fetched from the API', () => {
    const kinds = [...all.values()].flatMap((name) => name.match(/^ClusterSnapshot\.(.+)$/)?.[1] ?? [])
    expect(Object.keys(KINDS).filter((kind) => !kinds.includes(kind))).toEqual([])
  })
})
